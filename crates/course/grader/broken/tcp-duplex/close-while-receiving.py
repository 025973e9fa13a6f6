import os
import socket
import sys
import threading

role, where = sys.argv[1:3]
host, port = where.split(":")
if role == "serve":
    listener = socket.create_server((host, int(port)))
    print("listening on", where, file=sys.stderr)
    sock, peer = listener.accept()
else:
    sock = socket.create_connection((host, int(port)))
    peer = sock.getpeername()


def receive():
    unread = b""
    while data := sock.recv(65536):
        *lines, unread = (unread + data).split(b"\n")
        for line in lines:
            message = line.decode(errors="replace").strip()
            print(f"[{peer[0]}:{peer[1]}] {message}", flush=True)
            if message == "end":
                os._exit(0)
    if unread:
        print(f"[{peer[0]}:{peer[1]}] {unread.decode(errors='replace')}", flush=True)
    os._exit(0)


receiver = threading.Thread(target=receive)
receiver.start()
for line in sys.stdin:
    sock.sendall(line.encode())
    if line == "end\n":
        sock.close()
        break
else:
    sock.shutdown(socket.SHUT_WR)
