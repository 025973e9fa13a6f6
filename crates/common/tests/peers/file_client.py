"""The file downloader's client: the name without a terminator, then one recv is the file. PORT ENCODING NAME SAVE_AS"""
import socket
import sys

port, encoding, name, save_as = sys.argv[1:]
sock = socket.socket()
sock.connect(("127.0.0.1", int(port)))
sock.send(name.encode(encoding))
data = sock.recv(1024)
if data:
    with open(save_as, "wb") as file:
        file.write(data)
    print("saved", len(data))
else:
    print("nothing came")
sock.close()
