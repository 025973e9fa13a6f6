 1. started  no-flush.py 127.0.0.1:PORT
 2. the sender sent a datagram of 23 bytes "你好 f999811317c7cdff"
 3. looked for "你好 f999811317c7cdff" on its stdout, for up to 3 s  <- not as expected
      expected  "你好 f999811317c7cdff" on stdout
      came      nothing
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: the text stays in the program's output buffer: into a pipe, print does not flush at each line as in a terminal, so whoever reads the pipe sees nothing until the program ends; flush after each result (print(…, flush=True))
read:   docs/lessons/02-udp-recv.md, "3. recvfrom: who says what"
