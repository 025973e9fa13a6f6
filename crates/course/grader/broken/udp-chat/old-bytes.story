 1. started  old-bytes.rs 127.0.0.1:PORT
 2. typed  你吃了吗 ab80a1a5948dcca8
 3. the peer received a datagram of 29 bytes "你吃了吗 ab80a1a5948dcca8"
 4. the peer sent a datagram of 47 bytes "这一句比下一句长得多 67229c0c9877c427"
 5. saw "这一句比下一句长得多 67229c0c9877c427" on its stdout
 6. typed  你吃了吗 df1d9ccc6bc46663
 7. the peer received a datagram of 29 bytes "你吃了吗 df1d9ccc6bc46663"
 8. the peer sent a datagram of 23 bytes "吃了 c0f738cb586a77d8"
 9. saw "吃了 c0f738cb586a77d8" on its stdout
10. waited a moment
11. looked at what follows 23 bytes "吃了 c0f738cb586a77d8"  <- not as expected
      expected  23 bytes        … 35 38 36 61 37 37 64 38  "586a77d8"
      came      49 bytes        … 35 38 36 61 37 37 64 38 ef bf bd e5 be 97 e5 a4 …  "586a77d8�得�"
                                                          ^^ it should end before this byte (byte 24)
      program   still running
likely: after the text come the last bytes of an earlier, longer one, which the buffer still holds: print exactly as many bytes as came (&buffer[..n])
read:   docs/lessons/03-udp-chat.md, "3. recvfrom: the receiving thread"
