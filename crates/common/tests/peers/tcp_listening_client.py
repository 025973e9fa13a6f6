"""TCP, server speaks, its client: one recv, prints, closes; never sends. PORT ENCODING"""
import socket
import sys

port, encoding = sys.argv[1:]
sock = socket.socket()
sock.connect(("127.0.0.1", int(port)))
print("got", repr(sock.recv(1024).decode(encoding)))
sock.close()
