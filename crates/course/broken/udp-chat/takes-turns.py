import socket
import sys

host, port = sys.argv[1].split(":")
peer = (host, int(port))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    line = input()
    sock.sendto(line.encode(), peer)
    if line == "88":
        break
    data, sender = sock.recvfrom(65536)
    text = data.decode(errors="replace")
    print(f"[{sender[0]}:{sender[1]}] {text}", flush=True)
    if text.strip() == "88":
        break
sock.close()
