 1. started  gbk.py 127.0.0.1:PORT '你吃了吗😀 65a5c7e8b603bb17'
 2. the receiver waited for a datagram, for up to 5 s  <- not as expected
      expected  a datagram of 33 bytes "你吃了吗😀 65a5c7e8b603bb17"
      came      no datagram
      program   ended: exit code 1
      stderr    Traceback (most recent call last):
                  File "broken/udp-send/gbk.py", line 10, in <module>
                    sock.sendto(message.encode("gbk"), peer)
                UnicodeEncodeError: 'gbk' codec can't encode character '\U0001f600' in position 4: illegal multibyte sequence
likely: the text is encoded as GBK, which lacks this character: encode it as UTF-8, which the course speaks without --encoding
read:   docs/lessons/01-udp-send.md, "2. sendto: one call, one datagram"
