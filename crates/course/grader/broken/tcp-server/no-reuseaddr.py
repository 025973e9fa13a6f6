import codecs
import socket
import sys
import threading

host, port = sys.argv[1].split(":")


def serve(conn, peer):
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while data := conn.recv(1024):
        print(f"[{peer[0]}:{peer[1]}] {len(data)} bytes: {decoder.decode(data)}", flush=True)
    conn.close()


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((host, int(port)))
listener.listen(128)
print("listening on", sys.argv[1], file=sys.stderr)
while True:
    conn, peer = listener.accept()
    threading.Thread(target=serve, args=(conn, peer), daemon=True).start()
