 1. started  end-alone-in-a-recv.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent 58 bytes "第一句 ccc4d48bd0afb8ff␊第二句 3946f3a4c97563e3␊end␊"
 4. saw "第一句 ccc4d48bd0afb8ff" on its stdout
 5. saw "第二句 3946f3a4c97563e3" on its stdout
 6. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the program compares with `end` whatever came (recv), and not each message: cut what came at each \n, keep what has no \n yet, and compare every whole message
read:   docs/lessons/06-tcp-duplex.md, "3. recv: cut the stream into messages"
