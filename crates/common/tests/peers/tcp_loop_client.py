"""TCP, loop, a client: sends every line typed; at the end of the input it leaves. PORT ENCODING WAY"""
import socket
import sys

from leaving import leave

port, encoding, way = sys.argv[1:]
sock = socket.socket()
sock.connect(("127.0.0.1", int(port)))
for line in sys.stdin:
    sock.send(line.rstrip("\n").encode(encoding))
leave(way, sock)
