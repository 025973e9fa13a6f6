import socket
import sys

host, port = sys.argv[1].split(":")
peer = (host, int(port))
message = " ".join(sys.argv[2:])

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if message:
    sock.sendto(message.encode("gbk"), peer)
else:
    for line in sys.stdin:
        line = line.rstrip("\n")
        sock.sendto(line.encode(), peer)
        if line == "88":
            break
sock.close()
