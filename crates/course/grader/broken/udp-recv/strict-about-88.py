import socket
import sys

host, port = sys.argv[1].split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((host, int(port)))
print("listening on", sys.argv[1], file=sys.stderr)
data = b""
while data != b"88":
    data, peer = sock.recvfrom(65536)
    print(f"[{peer[0]}:{peer[1]}] {data.decode(errors='replace').rstrip()}", flush=True)
sock.close()
