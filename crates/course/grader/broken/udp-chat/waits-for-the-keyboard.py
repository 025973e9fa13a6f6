import socket
import sys
import threading

host, port = sys.argv[1].split(":")
peer = (host, int(port))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
over = False


def receive():
    global over
    while not over:
        data, sender = sock.recvfrom(65536)
        text = data.decode(errors="replace")
        print(f"[{sender[0]}:{sender[1]}] {text}", flush=True)
        if text.strip() == "88":
            over = True


threading.Thread(target=receive, daemon=True).start()
for line in sys.stdin:
    line = line.rstrip("\n")
    if over:
        break
    sock.sendto(line.encode(), peer)
    if line == "88":
        over = True
        break
