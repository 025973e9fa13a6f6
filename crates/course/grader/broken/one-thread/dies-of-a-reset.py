"""one-thread ADDRESS  An error of one client's recv ends the server."""
import codecs
import selectors
import socket
import sys


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def accept(selector, listener):
    try:
        conn, peer = listener.accept()
    except BlockingIOError:
        return  # the client has gone meanwhile
    conn.setblocking(False)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    selector.register(conn, selectors.EVENT_READ, ("%s:%d" % peer, decoder))


def receive(selector, conn, name, decoder):
    data = conn.recv(1024)
    if data:
        print(f"[{name}] {len(data)} bytes: {decoder.decode(data).rstrip()}", flush=True)
    else:
        selector.unregister(conn)
        conn.close()


def main():
    own = address(sys.argv[1] if len(sys.argv) > 1 else "8899")
    selector = selectors.DefaultSelector()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(own)
        listener.listen(128)
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ)
        print("listening on %s:%d" % listener.getsockname(), file=sys.stderr, flush=True)
        while True:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    accept(selector, listener)
                else:
                    receive(selector, key.fileobj, *key.data)


main()
