"""ask-again serve ADDRESS  Never gives up."""
import socket
import sys

TRIES = 20
WAIT = 0.2


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def serve(own):
    had = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(own)
        print("listening on %s:%d" % sock.getsockname(), file=sys.stderr, flush=True)
        while True:
            data, peer = sock.recvfrom(65535)
            number, space, text = data.partition(b" ")
            if not number.isdigit() or not space:
                continue  # anyone can send anything
            if (peer, number) not in had:
                had.add((peer, number))
                print(text.decode(errors="replace"), flush=True)
            sock.sendto(b"ack " + number, peer)


def ask(sock, peer, number, text):
    """Sends until the answer comes."""
    wanted = b"ack %d" % number
    while True:
        sock.sendto(b"%d " % number + text, peer)
        sock.settimeout(WAIT)
        try:
            while sock.recvfrom(65535)[0] != wanted:
                pass  # the answer to an earlier question
            return True
        except TimeoutError:
            pass


def connect(peer):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number, line in enumerate(sys.stdin.buffer, 1):
            if not ask(sock, peer, number, line.rstrip(b"\r\n")):
                print(f"no answer to number {number} in {TRIES} tries", file=sys.stderr)
                sys.exit(1)


role, where = sys.argv[1], address(sys.argv[2] if len(sys.argv) > 2 else "8888")
serve(where) if role == "serve" else connect(where)
