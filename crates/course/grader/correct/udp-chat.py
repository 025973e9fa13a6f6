"""udp-chat [PEER] [--bind ADDRESS]  Talks both ways over one UDP socket; 88 ends it."""
import os
import socket
import sys
import threading


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def receive(sock, peer):
    """Prints what comes until the peer says 88. Without a peer: returns the first sender and what it said."""
    while True:
        payload, sender = sock.recvfrom(65536)
        text = payload.decode(errors="replace").rstrip("\r\n")
        print("[%s:%d] %s" % (*sender, text), flush=True)
        if text == "88" and sender == (peer or sender):
            os._exit(0)  # the main thread may be waiting for the keyboard
        if peer is None:
            return sender


def main():
    arguments = sys.argv[1:]
    own = None
    if "--bind" in arguments:
        place = arguments.index("--bind")
        own = address(arguments[place + 1])
        del arguments[place : place + 2]
    peer = address(arguments[0]) if arguments else None

    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if own or not peer:
        sock.bind(own or address("8888"))
        print("listening on %s:%d" % sock.getsockname(), file=sys.stderr, flush=True)
    else:
        sock.bind(("", 0))
    if peer is None:
        peer = receive(sock, None)
    receiver = threading.Thread(target=receive, args=(sock, peer))
    receiver.start()
    for line in sys.stdin:
        line = line.rstrip("\r\n")
        sock.sendto(line.encode(), peer)
        if line == "88":
            os._exit(0)
    receiver.join()


main()
