 1. started  a-datagram-per-word.py 127.0.0.1:PORT you have read 16f7ba957e6ef25c
 2. the receiver received a datagram  <- not as expected
      expected  30 bytes        79 6f 75 20 68 61 76 65 20 72 65 61 64 20 31 36 …  "you have read 16"
      came      3 bytes         79 6f 75  "you"
                                         ^^ it ends here, too early (byte 4)
      program   ended: exit code 0
likely: all words after ADDRESS are one message: join them with a space, and call sendto once
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
