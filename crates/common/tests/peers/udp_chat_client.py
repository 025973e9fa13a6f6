"""UDP chat, the client: from a port of its own, both directions at any time. PORT ENCODING"""
import socket
import sys
import threading

port, encoding = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 0))


def listen():
    while True:
        data, _ = sock.recvfrom(1024)
        print("got", repr(data.decode(encoding)))


threading.Thread(target=listen, daemon=True).start()
for line in sys.stdin:
    sock.sendto(line.rstrip("\n").encode(encoding), ("127.0.0.1", int(port)))
