 1. started  no-end-mark.rs serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 12 bytes "吃了 6792␊"
 4. saw "吃了 6792" on its stdout
 5. typed  你吃了吗 3520
 6. the peer waited for a line and its line end  <- not as expected
      expected  18 bytes        … e5 90 97 20 33 35 32 30 0a  "吗 3520␊"
      came      17 bytes        … e5 90 97 20 33 35 32 30  "吗 3520"
                                                          ^^ it ends here, too early (byte 18)
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the message was sent without its line end, and a stream has no boundaries: send \n behind each message, so that the peer sees where it ends
read:   docs/lessons/06-tcp-duplex.md, "2. send: a message and its end"
