 1. started  decodes-each-recv.py 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 aa4b947d4c39e9b9"
 4. saw "你好 aa4b947d4c39e9b9" on its stdout
 5. the client sent in pieces, each when the one before was received: 2 bytes e4 bd; 24 bytes a0 e6 98 af e8 b0 81 20 32 31 64 35 37 32 37 62 …
 6. looked for "你是谁 21d5727b57b1eb73" on its stdout, for up to 3 s  <- not as expected
      expected  "你是谁 21d5727b57b1eb73" on stdout
      came      [127.0.0.1:PORT] 23 bytes: 你好 aa4b947d4c39e9b9
      program   still running
      network   what was sent waits in the system: the program has not received it
      stderr    listening on 127.0.0.1:PORT
                Traceback (most recent call last):
                  File "broken/tcp-server/decodes-each-recv.py", line 13, in serve
                    print(f"[{peer[0]}:{peer[1]}] {len(data)} bytes: {data.decode()}", flush=True)
                UnicodeDecodeError: 'utf-8' codec can't decode bytes in position 0-1: unexpected end of data
likely: a character may come in two parts, and decoding fails at the half: keep one decoder for each connection, which remembers the half (codecs.getincrementaldecoder)
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
