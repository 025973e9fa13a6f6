 1. started  no-end-mark.rs serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 24 bytes "吃了 8752e735a4c255da␊"
 4. saw "吃了 8752e735a4c255da" on its stdout
 5. typed  你吃了吗 21f4f1ac47b3eae1
 6. the peer waited for a line and its line end  <- not as expected
      expected  30 bytes        … 34 37 62 33 65 61 65 31 0a  "47b3eae1␊"
      came      29 bytes        … 34 37 62 33 65 61 65 31  "47b3eae1"
                                                          ^^ it ends here, too early (byte 30)
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the message was sent without its line end, and a stream has no boundaries: send \n after each message, so that the peer sees where it ends
read:   docs/lessons/06-tcp-duplex.md, "2. send: a message and its end"
