import socket
import sys

host, port = sys.argv[1].split(":")
peer = (host, int(port))
message = " ".join(sys.argv[2:])

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if message:
    sock.sendto(message.encode(), peer)
else:
    for line in sys.stdin:
        if line.strip() == "88":
            sock.sendto(b"88", peer)
            break
        sock.sendto(line.encode(), peer)
sock.close()
