"""udp-recv ADDRESS  Prints each datagram as [PEER] TEXT; a datagram 88 ends it."""
import socket
import sys


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def main():
    own = address(sys.argv[1] if len(sys.argv) > 1 else "8888")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(own)
        host, port = sock.getsockname()
        print(f"listening on {host}:{port}", file=sys.stderr, flush=True)
        text = ""
        while text != "88":
            payload, (host, port) = sock.recvfrom(65536)
            text = payload.decode("utf-8", errors="replace").rstrip("\r\n")
            print(f"[{host}:{port}] {text}", flush=True)


main()
