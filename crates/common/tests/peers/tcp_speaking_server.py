"""TCP, server speaks: accepts one client, sends, and is gone. ENCODING TEXT"""
import socket
import sys

encoding, text = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(1)
print("port", listener.getsockname()[1])
conn, _ = listener.accept()
conn.send(text.encode(encoding))
conn.close()
listener.close()
