 1. chose 127.0.0.1:PORT, where nobody listens
 2. started  refused-is-success.rs 127.0.0.1:PORT hello
 3. waited for the program's end, for up to 5 s  <- not as expected
      expected  it ends by itself, with another exit code than 0
      came      it ended: exit code 0
      program   ended: exit code 0
likely: TcpStream::connect fails when nobody listens: say so on standard error, and end with an exit code that is not 0 (std::process::exit(1))
read:   docs/lessons/05-tcp-client.md, "2. connect: the three-way handshake"
