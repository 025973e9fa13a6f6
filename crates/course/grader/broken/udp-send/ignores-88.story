 1. started  ignores-88.rs 127.0.0.1:PORT
 2. typed  880
 3. the receiver received a datagram of 3 bytes "880"
 4. typed  ok 88
 5. the receiver received a datagram of 5 bytes "ok 88"
 6. typed  88
 7. the receiver received a datagram of 2 bytes "88"
 8. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
likely: the program goes on as after any other text: it does not compare this one with the word that ends it, or finds them different; compare each text with it, as a whole and without a line end; == looks at every byte, also at those of a buffer after what came
read:   docs/lessons/01-udp-send.md, "In stages"
