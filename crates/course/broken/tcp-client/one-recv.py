import socket
import sys

host, port = sys.argv[1].split(":")
words = sys.argv[2:]
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((host, int(port)))
if words:
    sock.sendall(" ".join(words).encode())
else:
    for line in sys.stdin:
        sock.sendall(line.encode())
sock.shutdown(socket.SHUT_WR)
data = sock.recv(1024)
print(data.decode(errors="replace"))
sock.close()
