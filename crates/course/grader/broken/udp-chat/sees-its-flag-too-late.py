import os
import socket
import sys
import threading

host, port = sys.argv[1].split(":")
peer = (host, int(port))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
running = True


def receive():
    while running:
        data, sender = sock.recvfrom(65536)
        text = data.decode(errors="replace")
        print(f"[{sender[0]}:{sender[1]}] {text}", flush=True)
        if text.strip() == "88":
            os._exit(0)


receiver = threading.Thread(target=receive)
for line in sys.stdin:
    line = line.rstrip("\n")
    sock.sendto(line.encode(), peer)
    if line == "88":
        running = False
        break
    if not receiver.is_alive():
        receiver.start()
