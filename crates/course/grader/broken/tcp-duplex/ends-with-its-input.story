 1. started  ends-with-its-input.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 24 bytes "吃了 3c541e45847f2eb4␊"
 4. saw "吃了 3c541e45847f2eb4" on its stdout
 5. ended its input (Ctrl-D)
 6. the peer saw the program close the connection
 7. the peer sent 24 bytes "吃了 a81cac252ba0b16c␊"
 8. looked for "吃了 a81cac252ba0b16c" on its stdout, for up to 3 s  <- not as expected
      expected  "吃了 a81cac252ba0b16c" on stdout
      came      [127.0.0.1:PORT] 吃了 3c541e45847f2eb4
      program   ended: exit code 0
      stderr    listening on 127.0.0.1:PORT
likely: the program ended too early (exit code 0): the end of the input ends one direction only, the sending; shut down the sending half (socket.shutdown(socket.SHUT_WR)), and go on receiving until the peer closes
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
