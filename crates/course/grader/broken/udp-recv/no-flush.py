import socket
import sys

host, port = sys.argv[1].split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((host, int(port)))
print("listening on", sys.argv[1], file=sys.stderr)
while True:
    data, peer = sock.recvfrom(65536)
    text = data.decode(errors="replace")
    print(f"[{peer[0]}:{peer[1]}] {text}")
    if text.strip() == "88":
        break
sock.close()
