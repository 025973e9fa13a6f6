import codecs
import socket
import sys
import threading

host, port = sys.argv[1].split(":")
words = sys.argv[2:]
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((host, int(port)))


def receive():
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while data := sock.recv(1024):
        print(decoder.decode(data), end="", flush=True)


receiver = threading.Thread(target=receive)
receiver.start()
if words:
    sock.sendall(" ".join(words).encode())
else:
    for line in sys.stdin:
        sock.sendall(line.encode())
receiver.join()
sock.close()
