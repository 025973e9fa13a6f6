 1. started  no-end-mark.rs serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 12 bytes "吃了 8130␊"
 4. saw "吃了 8130" on its stdout
 5. typed  你吃了吗 6997
 6. the peer received 17 bytes; then for 3 s nothing more came  <- not as expected
      expected  18 bytes        … e5 90 97 20 36 39 39 37 0a  "吗 6997␊"
      came      17 bytes        … e5 90 97 20 36 39 39 37  "吗 6997"
                                                          ^^ it ends here, too early (byte 18)
      program   still running, or done
likely: each line from standard input is a message: send it when it is typed, with \n behind it, so that the peer sees where it ends
read:   docs/lessons/06-tcp-duplex.md, "2. send: a message and its end"
