 1. started  no-reuseaddr.py 127.0.0.1:PORT
 2. the client connected
 3. the client sent 23 bytes "你好 0a17cc18c58b41a2"
 4. saw "你好 0a17cc18c58b41a2" on its stdout
 5. killed the program
 6. the client closed the connection
 7. started  no-reuseaddr.py 127.0.0.1:PORT
 8. waited until the program opens 127.0.0.1:PORT (TCP)  <- not as expected
      expected  127.0.0.1:PORT is open (TCP)
      came      the program ended before it was open
      program   ended: exit code 1
      stderr    Traceback (most recent call last):
                  File "broken/tcp-server/no-reuseaddr.py", line 17, in <module>
                    listener.bind((host, int(port)))
                OSError: [Errno 98] Address already in use
likely: the port is still held by the old run's connections (TIME_WAIT): set SO_REUSEADDR before bind (setsockopt)
read:   docs/lessons/04-tcp-server.md, "1. socket, 1b. setsockopt, 2. bind"
