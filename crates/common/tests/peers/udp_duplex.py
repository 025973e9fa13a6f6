"""UDP duplex: one of two equal ends, two threads; each knows the other's port (typed first). ENCODING"""
import socket
import sys
import threading

(encoding,) = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
print("port", sock.getsockname()[1])
other = ("127.0.0.1", int(input()))


def listen():
    while True:
        data, peer = sock.recvfrom(1024)
        assert peer == other, peer
        print("got", repr(data.decode(encoding)))


threading.Thread(target=listen, daemon=True).start()
for line in sys.stdin:
    sock.sendto(line.rstrip("\n").encode(encoding), other)
