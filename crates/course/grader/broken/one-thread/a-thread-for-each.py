"""one-thread ADDRESS  Step 4's server as it was: a thread for each client."""
import codecs
import socket
import sys
import threading


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def serve(conn, peer):
    name = "%s:%d" % peer
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    with conn:
        try:
            while data := conn.recv(1024):
                print(f"[{name}] {len(data)} bytes: {decoder.decode(data).rstrip()}", flush=True)
            print(f"[{name}] closed the connection", file=sys.stderr)
        except ConnectionError as error:
            print(f"[{name}] {error}", file=sys.stderr)


def main():
    own = address(sys.argv[1] if len(sys.argv) > 1 else "8899")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(own)
        listener.listen(128)
        print("listening on %s:%d" % listener.getsockname(), file=sys.stderr, flush=True)
        while True:
            threading.Thread(target=serve, args=listener.accept(), daemon=True).start()


main()
