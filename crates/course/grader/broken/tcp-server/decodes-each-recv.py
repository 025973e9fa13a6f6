import socket
import sys
import threading

host, port = sys.argv[1].split(":")


def serve(conn, peer):
    while True:
        data = conn.recv(1024)
        if not data:
            break
        print(f"[{peer[0]}:{peer[1]}] {len(data)} bytes: {data.decode()}", flush=True)
    conn.close()


listener = socket.create_server((host, int(port)))
print("listening on", sys.argv[1], file=sys.stderr)
while True:
    conn, peer = listener.accept()
    threading.Thread(target=serve, args=(conn, peer), daemon=True).start()
