 1. started  one-recv.py 127.0.0.1:PORT '请讲 3944'
 2. the program connected
 3. the server received 11 bytes "请讲 3944"
 4. the server sent 377 bytes "………………………………………………………"
 5. the program has received that
 6. the server sent 377 bytes "………………………………………………………"
 7. the program has received that
 8. the server sent 377 bytes "………………………………………………………"  <- not as expected
      expected  the program takes it
      came      the program had closed the connection already
      program   still running, or done
likely: one recv is not the whole answer: call it in a loop, and print each part, until it returns 0 bytes
read:   docs/lessons/05-tcp-client.md, "5. recv: until the server closes"
== or ==
 1. started  one-recv.py 127.0.0.1:PORT '请讲 3944'
 2. the program connected
 3. the server received 11 bytes "请讲 3944"
 4. the server sent 377 bytes "………………………………………………………"
 5. waited until the program has received what the server sent  <- not as expected
      expected  a recv takes all bytes
      came      377 bytes still wait in the system's buffer
      program   still running, or done
likely: one recv is not the whole answer: call it in a loop, and print each part, until it returns 0 bytes
read:   docs/lessons/05-tcp-client.md, "5. recv: until the server closes"
