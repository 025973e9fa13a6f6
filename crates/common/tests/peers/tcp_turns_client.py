"""TCP, taking turns, the client: speaks first; `end` typed is sent and ends it. PORT ENCODING"""
import socket
import sys

port, encoding = sys.argv[1:]
sock = socket.socket()
sock.connect(("127.0.0.1", int(port)))
while True:
    text = input()
    sock.send(text.encode(encoding))
    if text == "end":
        break
    print("got", repr(sock.recv(1024).decode(encoding)))
sock.close()
