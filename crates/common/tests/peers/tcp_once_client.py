"""TCP, one shot, the client: sends once, and leaves. PORT ENCODING TEXT WAY"""
import socket
import sys

from leaving import leave

port, encoding, text, way = sys.argv[1:]
sock = socket.socket()
sock.connect(("127.0.0.1", int(port)))
sock.send(text.encode(encoding))
leave(way, sock)
