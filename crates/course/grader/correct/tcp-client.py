"""tcp-client ADDRESS [MESSAGE]...  Sends, half-closes, and prints what comes until the server closes."""
import codecs
import os
import socket
import sys
import threading


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def send(conn, words):
    try:
        if words:
            conn.sendall(" ".join(words).encode())
        else:
            for line in sys.stdin.buffer:
                conn.sendall(line)
        conn.shutdown(socket.SHUT_WR)
    except OSError as error:
        print(f"error: send: {error}", file=sys.stderr)


def main():
    try:
        conn = socket.create_connection(address(sys.argv[1] if len(sys.argv) > 1 else "8899"))
    except OSError as error:
        sys.exit(f"error: connect: {error}")
    threading.Thread(target=send, args=(conn, sys.argv[2:]), daemon=True).start()
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while data := conn.recv(4096):
        print(decoder.decode(data), end="", flush=True)
    print(decoder.decode(b"", final=True), flush=True)
    os._exit(0)  # the other thread may be waiting for the keyboard


main()
