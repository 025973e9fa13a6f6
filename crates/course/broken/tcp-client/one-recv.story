 1. started  one-recv.py 127.0.0.1:PORT '请讲 2025d6ed53c0c666'
 2. the program connected
 3. the server received 23 bytes "请讲 2025d6ed53c0c666"
 4. the server sent in pieces, each when the one before was received: 26 bytes "分三次 ae8c2c10175d8f41"; 23 bytes "回答 e90b41eb9384247a"; 29 bytes "一个问题 45cbc669ff9fbafe"
 5. the server closed the connection
 6. saw "分三次 ae8c2c10175d8f41" on its stdout
 7. looked for "回答 e90b41eb9384247a" on its stdout, for up to 3 s  <- not as expected
      expected  "回答 e90b41eb9384247a" on stdout
      came      分三次 ae8c2c10175d8f41
      program   ended: exit code 0
likely: one recv is not the whole answer: call it in a loop, and print each part, until it returns 0 bytes
read:   docs/lessons/05-tcp-client.md, "5. recv: until the server closes"
