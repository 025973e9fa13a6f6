"""UDP continuous, the receiver: prints datagrams until one is exactly 88. ENCODING"""
import socket
import sys

(encoding,) = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
print("port", sock.getsockname()[1])
while True:
    data, peer = sock.recvfrom(1024)
    text = data.decode(encoding)
    print("got", repr(text))
    if text == "88":
        break
sock.close()
