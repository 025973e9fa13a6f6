 1. started  line-end-sent.py 127.0.0.1:PORT
 2. typed  a line 8752e735a4c255da
 3. the receiver received a datagram  <- not as expected
      expected  23 bytes        … 61 34 63 32 35 35 64 61  "a4c255da"
      came      24 bytes        … 61 34 63 32 35 35 64 61 0a  "a4c255da␊"
                                                          ^^ it should end before this byte (byte 24)
      program   still running
likely: a line that was read has its line end at the end, and the key Enter is no part of the message: cut it off (rstrip("\n")) before the line is sent
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
