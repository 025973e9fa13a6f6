 1. started  small-buffer.rs 127.0.0.1:PORT
 2. the sender sent a datagram of 999 bytes "长长长长长长长长长长长长长长长长长长长长…"
 3. looked for "长长长长长长长长长长长长长长长长长长长长…end 842977f1d3d13894" on its stdout, for up to 3 s  <- not as expected
      expected  "长长长长长长长长长长长长长长长长长长长长…end 842977f1d3d13894" on stdout
      came      [127.0.0.1:PORT] 长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长�
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: what does not fit into the buffer of the call that receives is lost: make it larger, the lesson's has 1024 bytes
read:   docs/lessons/02-udp-recv.md, "3. recvfrom: who says what"
