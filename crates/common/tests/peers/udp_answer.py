"""UDP question and answer, the one who answers: one question, one answer to its sender, and gone. ENCODING REPLY"""
import socket
import sys

encoding, reply = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
print("port", sock.getsockname()[1])
question, peer = sock.recvfrom(1024)
print("question", repr(question.decode(encoding)))
sock.sendto(reply.encode(encoding), peer)
sock.close()
