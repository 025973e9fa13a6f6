 1. started  drops-the-rest.py serve 127.0.0.1:PORT
 2. the peer connected
 3. the peer sent in pieces, each when the one before was received: 32 bytes "再说一句 dfd61ba4549beb2e␊en"; 2 bytes "d␊"
 4. saw "再说一句 dfd61ba4549beb2e" on its stdout
 5. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      after 3 s it is still running
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: the program compares with `end` whatever came (recv), and not each message: cut what came at each \n, keep what has no \n yet, and compare every whole message
read:   docs/lessons/06-tcp-duplex.md, "3. recv: cut the stream into messages"
