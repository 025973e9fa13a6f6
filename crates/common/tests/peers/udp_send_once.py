"""UDP send, one shot: one datagram, and gone. PORT ENCODING TEXT"""
import socket
import sys

port, encoding, text = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(text.encode(encoding), ("127.0.0.1", int(port)))
sock.close()
