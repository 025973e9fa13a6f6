 1. started  ends-one-thread-only.rs serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 4 bytes "end␊"
 4. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: when the message `end` comes the whole program must end, also while it still waits for input: end the process (std::process::exit)
read:   docs/lessons/06-tcp-duplex.md, "4. shutdown: the end"
