 1. started  one-recv.py 127.0.0.1:PORT '请讲 3944'
 2. the program connected
 3. the server received 11 bytes "请讲 3944"
 4. the server sent in pieces, each when the one before was received: 14 bytes "分三次 1821"; 11 bytes "回答 6186"; 17 bytes "一个问题 9986"
 5. the server closed the connection
 6. saw "分三次 1821" on its stdout
 7. looked for "回答 6186" on its stdout, for up to 3 s  <- not as expected
      expected  "回答 6186" on stdout
      came      分三次 1821
      program   ended: exit code 0
likely: one recv is not the whole answer: call it in a loop, and print each part, until it returns 0 bytes
read:   docs/lessons/05-tcp-client.md, "5. recv: until the server closes"
