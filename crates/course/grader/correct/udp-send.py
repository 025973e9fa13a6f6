"""udp-send ADDRESS [MESSAGE]...  Sends one datagram, or each line of standard input as one until 88."""
import socket
import sys


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def lines():
    for line in sys.stdin.buffer:
        yield line.rstrip(b"\r\n")
        if line.rstrip(b"\r\n") == b"88":
            return


def main():
    peer = address(sys.argv[1] if len(sys.argv) > 1 else "8888")
    words = sys.argv[2:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for datagram in [" ".join(words).encode()] if words else lines():
            sock.sendto(datagram, peer)


main()
