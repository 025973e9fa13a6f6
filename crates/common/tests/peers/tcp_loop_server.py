"""TCP, loop: one client after the other, each until it leaves, however it leaves. ENCODING"""
import socket
import sys

(encoding,) = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(5)
print("port", listener.getsockname()[1])
while True:
    conn, peer = listener.accept()
    print("client")
    while True:
        try:
            data = conn.recv(1024)
        except ConnectionError:
            print("reset")
            break
        if not data:
            print("gone")
            break
        print("got", repr(data.decode(encoding)))
    conn.close()
