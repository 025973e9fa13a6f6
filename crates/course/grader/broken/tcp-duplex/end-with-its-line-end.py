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
    for line in sock.makefile("rb"):
        message = line.decode(errors="replace")
        print(f"[{peer[0]}:{peer[1]}] {message.strip()}", flush=True)
        if message == "end":
            os._exit(0)
    os._exit(0)


threading.Thread(target=receive, daemon=True).start()
for line in sys.stdin:
    sock.sendall(line.encode())
    if line == "end\n":
        os._exit(0)
sock.shutdown(socket.SHUT_WR)
threading.Event().wait()  # still receiving
