"""The ways in which a TCP peer leaves; used by the other files here."""
import os
import signal
import socket
import struct
import sys


def leave(way, sock):
    if way == "waits":
        print("waiting")
        sys.stdin.read()  # the connection stays open, with nothing on it
        sock.close()
    elif way == "closes":
        sock.close()
    elif way == "vanishes":
        os._exit(0)
    elif way == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif way == "resets":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    else:
        sys.exit("no such way: " + way)
