"""UDP continuous, the sender: every line typed is a datagram, until 88. PORT ENCODING"""
import socket
import sys

port, encoding = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    text = input()
    sock.sendto(text.encode(encoding), ("127.0.0.1", int(port)))
    if text == "88":
        break
sock.close()
