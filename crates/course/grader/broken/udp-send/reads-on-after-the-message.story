 1. started  reads-on-after-the-message.py 127.0.0.1:PORT 'hello 04aafb3400ce2456'
 2. the receiver received a datagram of 22 bytes "hello 04aafb3400ce2456"
 3. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
likely: the message has come, but the program does not end as it should: with words after ADDRESS there is nothing to read, and nothing to wait for; read lines only when there is no MESSAGE; otherwise end after sendto, with exit code 0
read:   docs/lessons/01-udp-send.md, "3. close: give it back"
