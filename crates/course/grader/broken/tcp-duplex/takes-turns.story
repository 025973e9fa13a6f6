 1. started  takes-turns.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 24 bytes "吃了 6ecca659bff843b7␊"
 4. saw "吃了 6ecca659bff843b7" on its stdout
 5. the peer sent 24 bytes "吃了 99dc83f6ec72e578␊"
 6. looked for "吃了 99dc83f6ec72e578" on its stdout, for up to 3 s  <- not as expected
      expected  "吃了 99dc83f6ec72e578" on stdout
      came      [127.0.0.1:PORT] 吃了 6ecca659bff843b7
      program   still running
      network   what was sent waits in the system: the program has not received it
      stderr    listening on 127.0.0.1:PORT
likely: the program waits for the keyboard and for the peer in turns: one thread must wait for the network, and another one for input (Thread(target=receive); target=receive() would call receive at once)
read:   docs/lessons/06-tcp-duplex.md, "Taking turns, talking freely"
