"""UDP chat, the server: the first datagram names the peer; then one message each, in turn. ENCODING"""
import socket
import sys

(encoding,) = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
print("port", sock.getsockname()[1])
while True:
    data, peer = sock.recvfrom(1024)
    print("got", repr(data.decode(encoding)))
    sock.sendto(input().encode(encoding), peer)
