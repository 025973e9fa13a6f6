"""UDP receive, one shot: prints one datagram of at most 1024 bytes. ENCODING"""
import socket
import sys

(encoding,) = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
print("port", sock.getsockname()[1])
data, peer = sock.recvfrom(1024)
print("from", peer[1], "bytes", len(data), repr(data.decode(encoding)))
sock.close()
