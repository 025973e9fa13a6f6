 1. started  line-end-sent.py 127.0.0.1:PORT
 2. typed  第一行 5838
 3. the receiver received a datagram  <- not as expected
      expected  14 bytes        … e8 a1 8c 20 35 38 33 38  "行 5838"
      came      15 bytes        … e8 a1 8c 20 35 38 33 38 0a  "行 5838␊"
                                                          ^^ it should end before this byte (byte 15)
      program   still running, or done
likely: without MESSAGE the program reads lines from standard input; each line is sent when it is typed, without its line end, as a datagram of its own
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
