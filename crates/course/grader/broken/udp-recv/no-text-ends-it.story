 1. started  no-text-ends-it.py 127.0.0.1:PORT
 2. the sender sent a datagram of 3 bytes ff fe 80
 3. the sender sent a datagram of 23 bytes "你好 182990b35ee4416d"
 4. looked for "你好 182990b35ee4416d" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 182990b35ee4416d" on stdout
      came      nothing
      program   ended: exit code 1
      stderr    listening on 127.0.0.1:PORT
                Traceback (most recent call last):
                  File "broken/udp-recv/no-text-ends-it.py", line 10, in <module>
                    text = data.decode()
                UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte
likely: a datagram may hold any bytes, not only text: decode them so that it can't fail (errors="replace")
read:   docs/lessons/02-udp-recv.md, "In stages"
