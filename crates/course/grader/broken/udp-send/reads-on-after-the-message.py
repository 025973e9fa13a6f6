import socket
import sys

host, port = sys.argv[1].split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if len(sys.argv) > 2:
    sock.sendto(" ".join(sys.argv[2:]).encode(), (host, int(port)))
for line in sys.stdin:
    line = line.rstrip("\n")
    sock.sendto(line.encode(), (host, int(port)))
    if line == "88":
        break
sock.close()
