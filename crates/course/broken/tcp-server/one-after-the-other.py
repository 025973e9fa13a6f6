import codecs
import socket
import sys

host, port = sys.argv[1].split(":")
listener = socket.create_server((host, int(port)))
print("listening on", sys.argv[1], file=sys.stderr)
while True:
    conn, peer = listener.accept()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        try:
            data = conn.recv(1024)
        except ConnectionError:
            break
        if not data:
            break
        print(f"[{peer[0]}:{peer[1]}] {len(data)} bytes: {decoder.decode(data)}", flush=True)
    conn.close()
