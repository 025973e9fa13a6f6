 1. started  asks-for-a-message.py 127.0.0.1:PORT
 2. ended its input (Ctrl-D)
 3. the program connected
 4. the server sent 23 bytes "再见 5c21b6532995a3f4"
 5. the server closed the connection
 6. saw "再见 5c21b6532995a3f4" on its stdout
 7. waited for the program's end, for up to 3 s  <- not as expected
      expected  it ends by itself, with exit code 0
      came      it ended: exit code 1
      program   ended: exit code 1
      stderr    Traceback (most recent call last):
                  File "broken/tcp-client/asks-for-a-message.py", line 23, in <module>
                    line = input() + "\n"
                EOFError: EOF when reading a line
likely: the input has ended (Ctrl-D, or the end of a pipe), and the program asks for one more line: that is the normal end, and no error (except EOFError, or for line in sys.stdin)
read:   docs/lessons/05-tcp-client.md, "6. close: four segments, or three"
