import codecs
import socket
import sys

host, port = sys.argv[1].split(":")
words = sys.argv[2:]
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((host, int(port)))
if words:
    message = " ".join(words)
else:
    message = sys.stdin.readline()
sock.sendall(message.encode())
sock.shutdown(socket.SHUT_WR)
decoder = codecs.getincrementaldecoder("utf-8")("replace")
while data := sock.recv(1024):
    print(decoder.decode(data), end="", flush=True)
sock.close()
