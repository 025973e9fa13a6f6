 1. started  asks-for-ever.py connect 127.0.0.1:PORT
 2. typed  你吃了吗 9455444b1ec2e105
 3. the receiver received a datagram of 31 bytes "1 你吃了吗 9455444b1ec2e105"
 4. the receiver never answers
 5. the receiver has had 40 copies of it
 6. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with another exit code than 0
      came      after 3 s it is still running
      program   still running
likely: a program that asks for ever never reports that nobody is there: count the tries; after twenty say so, and end with exit code 1
read:   docs/lessons/08b-udp-that-asks-again.md, "Numbers, answers, and a time limit"
