 1. started  line-end-sent.py 127.0.0.1:PORT
 2. typed  a line 6792
 3. the receiver received a datagram  <- not as expected
      expected  11 bytes        … 69 6e 65 20 36 37 39 32  "ine 6792"
      came      12 bytes        … 69 6e 65 20 36 37 39 32 0a  "ine 6792␊"
                                                          ^^ it should end before this byte (byte 12)
      program   still running
likely: a line that was read has its line end at the end: the key Enter is no part of the message, cut it off (rstrip("\n"), trim_end) before the line is sent
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
