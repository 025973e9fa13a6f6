import codecs
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

host, port = sys.argv[1].split(":")


def serve(conn, peer):
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with conn:
        while data := conn.recv(1024):
            print(f"[{peer[0]}:{peer[1]}] {len(data)} bytes: {decoder.decode(data)}", flush=True)


workers = ThreadPoolExecutor(max_workers=10)
listener = socket.create_server((host, int(port)))
print("listening on", sys.argv[1], file=sys.stderr)
while True:
    conn, peer = listener.accept()
    workers.submit(serve, conn, peer)
