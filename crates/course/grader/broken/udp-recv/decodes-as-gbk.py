import socket
import sys

host, port = sys.argv[1].split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((host, int(port)))
print("listening on", sys.argv[1], file=sys.stderr)
while True:
    data, peer = sock.recvfrom(2048)
    text = data.decode("gbk", "replace").strip()
    print(f"[{peer[0]}:{peer[1]}] {text}", flush=True)
    if text == "88":
        break
