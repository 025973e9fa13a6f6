 1. started  one-message-per-recv.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 58 bytes "第一句 ccc4d48bd0afb8ff␊第二句 3946f3a4c97563e3␊end␊"
 4. saw "第一句 ccc4d48bd0afb8ff" on its stdout
 5. looked for "第二句 3946f3a4c97563e3" on its stdout, for up to 3 s  <- not as expected
      expected  "第二句 3946f3a4c97563e3" on stdout
      came      [127.0.0.1:PORT] 第一句 ccc4d48bd0afb8ff
      program   still running
      network   it has received all that was sent
      stderr    listening on 127.0.0.1:PORT
likely: several messages came at once, and the program took them for one: cut what came at each \n, and look at each message
read:   docs/lessons/06-tcp-duplex.md, "3. recv: cut the stream into messages"
