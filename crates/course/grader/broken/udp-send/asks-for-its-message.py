import socket
import sys

host, port = sys.argv[1].split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        message = input("message: ")
    except EOFError:
        break
    sock.sendto(message.encode(), (host, int(port)))
    if message == "88":
        break
sock.close()
