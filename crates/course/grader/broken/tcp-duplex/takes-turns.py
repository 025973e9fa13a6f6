import socket
import sys

role, where = sys.argv[1:3]
host, port = where.split(":")
if role == "serve":
    listener = socket.create_server((host, int(port)))
    print("listening on", where, file=sys.stderr)
    sock, peer = listener.accept()
else:
    sock = socket.create_connection((host, int(port)))
    peer = sock.getpeername()

stream = sock.makefile("rb")
our_turn = role == "connect"
while True:
    if our_turn:
        message = sys.stdin.readline().strip()
        sock.sendall(message.encode() + b"\n")
    else:
        message = stream.readline().decode(errors="replace").strip()
        print(f"[{peer[0]}:{peer[1]}] {message}", flush=True)
    if message == "end":
        break
    our_turn = not our_turn
sock.close()
