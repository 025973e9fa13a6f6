"""tcp-duplex serve|connect [ADDRESS]  Both sides talk at any time; a message is a line; end ends both."""
import os
import socket
import sys
import threading


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def receive(conn, name):
    code = 0
    try:
        for message in conn.makefile("r", encoding="utf-8", errors="replace", newline="\n"):
            message = message.rstrip("\r\n")
            print(f"[{name}] {message}", flush=True)
            if message == "end":
                break
    except OSError as error:
        print(f"error: {name}: {error}", file=sys.stderr, flush=True)
        code = 1
    os._exit(code)  # the main thread may be waiting for the keyboard


def end_sending(conn):
    try:
        conn.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the peer is gone already


def talk(conn, peer):
    receiver = threading.Thread(target=receive, args=(conn, "%s:%d" % peer), daemon=True)
    receiver.start()
    for line in sys.stdin:
        line = line.rstrip("\r\n")
        conn.sendall(line.encode() + b"\n")
        if line == "end":
            end_sending(conn)
            receiver.join(timeout=1)
            os._exit(0)  # the peer has had its time
    end_sending(conn)
    receiver.join()


def main():
    role = sys.argv[1] if len(sys.argv) > 1 else ""
    where = address(sys.argv[2] if len(sys.argv) > 2 else "8888")
    if role == "serve":
        with socket.create_server(where) as listener:
            print("listening on %s:%d" % listener.getsockname(), file=sys.stderr, flush=True)
            conn, peer = listener.accept()
        talk(conn, peer)
    elif role == "connect":
        talk(socket.create_connection(where), where)
    else:
        print("usage: tcp-duplex serve|connect [ADDRESS]", file=sys.stderr)
        sys.exit(2)


main()
