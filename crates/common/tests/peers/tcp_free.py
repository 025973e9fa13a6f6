"""TCP, talking freely: a thread for each direction; `end` from the client ends it. serve|PORT ENCODING"""
import socket
import sys
import threading

where, encoding = sys.argv[1:]
sock = socket.socket()
if where == "serve":
    sock.bind(("127.0.0.1", 0))
    sock.listen(1)
    print("port", sock.getsockname()[1])
    sock, _ = sock.accept()
else:
    sock.connect(("127.0.0.1", int(where)))


def speak():
    for line in sys.stdin:
        text = line.rstrip("\n")
        sock.send(text.encode(encoding))
        if text == "end":
            break


threading.Thread(target=speak, daemon=True).start()
while True:
    data = sock.recv(1024)
    if not data:
        print("gone")
        break
    text = data.decode(encoding)
    print("got", repr(text))
    if text == "end":
        break
sock.close()
