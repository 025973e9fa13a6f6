 1. started  no-zero-at-the-end.c 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 652b6f71f617d060"
 4. saw "你好 652b6f71f617d060" on its stdout
 5. the client sent 26 bytes "第二句 de3ec29ec4b48446"
 6. saw "第二句 de3ec29ec4b48446" on its stdout
 7. the client sent 32 bytes "and a third one 23dcfa429c72e449"
 8. saw "and a third one 23dcfa429c72e449" on its stdout
 9. the client sent 26 bytes "第四句 ebfc1cc809a3d90a"
10. saw "第四句 ebfc1cc809a3d90a" on its stdout
11. waited a moment
12. looked at what follows 26 bytes "第四句 ebfc1cc809a3d90a"  <- not as expected
      expected  26 bytes        … 30 39 61 33 64 39 30 61  "09a3d90a"
      came      32 bytes        … 30 39 61 33 64 39 30 61 37 32 65 34 34 39  "09a3d90a72e449"
                                                          ^^ it should end before this byte (byte 27)
      program   still running
likely: after the text come the last bytes of an earlier, longer one, which the buffer still holds: print exactly as many bytes as came (fwrite, or %.*s; %s goes on up to a 0 that nobody has written)
read:   docs/lessons/04-tcp-server.md, "5. recv: bytes, not messages"
