"""TCP, taking turns, the server: one send is one message; the client speaks first, and its `end` ends it. ENCODING"""
import socket
import sys

(encoding,) = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(1)
print("port", listener.getsockname()[1])
conn, _ = listener.accept()
while True:
    text = conn.recv(1024).decode(encoding)
    print("got", repr(text))
    if text == "end":
        break
    conn.send(input().encode(encoding))
conn.close()
listener.close()
