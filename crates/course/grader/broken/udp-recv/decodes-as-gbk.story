 1. started  decodes-as-gbk.py 127.0.0.1:PORT
 2. the sender sent a datagram of 47 bytes "这一句比下一句长得多 d0f0bbed07c5b6b0"
 3. looked for "这一句比下一句长得多 d0f0bbed07c5b6b0" on its stdout, for up to 3 s  <- not as expected
      expected  "这一句比下一句长得多 d0f0bbed07c5b6b0" on stdout
      came      [127.0.0.1:PORT] 杩欎竴鍙ユ瘮涓嬩竴鍙ラ暱寰楀�� d0f0bbed07c5b6b0
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: the text is UTF-8, which the course speaks without --encoding, and was decoded as GBK: decode it as UTF-8
read:   docs/lessons/02-udp-recv.md, "3. recvfrom: who says what"
