"""TCP, one shot, the server: one client, one recv, and gone. ENCODING WAY"""
import socket
import sys

from leaving import leave

encoding, way = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(5)
print("port", listener.getsockname()[1])
conn, _ = listener.accept()
data = conn.recv(1024)
print("got", repr(data.decode(encoding)))
leave(way, conn)
listener.close()
