 1. started  never-sees-the-end.rs 127.0.0.1:PORT
 2. typed  the only line 3c541e45847f2eb4
 3. the receiver received a datagram of 30 bytes "the only line 3c541e45847f2eb4"
 4. ended its input (Ctrl-D)
 5. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
likely: when the input ends there is nothing left to send; an empty read is not an empty line: leave the loop, close the socket and end
read:   docs/lessons/01-udp-send.md, "3. close: give it back"
