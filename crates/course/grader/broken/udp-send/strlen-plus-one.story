 1. started  strlen-plus-one.c 127.0.0.1:PORT 'hello 04aafb3400ce2456'
 2. the receiver received a datagram  <- not as expected
      expected  22 bytes        … 30 30 63 65 32 34 35 36  "00ce2456"
      came      23 bytes        … 30 30 63 65 32 34 35 36 00  "00ce2456␀"
                                                          ^^ it should end before this byte (byte 23)
      program   ended: exit code 0
likely: the text came with a zero byte after it: that is how the program marks the end of a text in memory, and no part of it; send strlen(text) bytes, without + 1
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
