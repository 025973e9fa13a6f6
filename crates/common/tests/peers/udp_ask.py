"""UDP question and answer, the one who asks: sends, waits for the answer. PORT ENCODING TEXT"""
import socket
import sys

port, encoding, text = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(text.encode(encoding), ("127.0.0.1", int(port)))
answer, peer = sock.recvfrom(1024)
print("answer from", peer[1], repr(answer.decode(encoding)))
sock.close()
