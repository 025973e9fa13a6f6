"""The file downloader's server: a name without a terminator; the bare bytes, or just the end. FOLDER ENCODING"""
import os
import socket
import sys

folder, encoding = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(128)
print("port", listener.getsockname()[1])
while True:
    conn, _ = listener.accept()
    name = conn.recv(1024).decode(encoding)
    print("asked for", repr(name))
    content = None
    try:
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
    except OSError:
        print("no such file")
    if content:
        conn.sendall(content)
    conn.close()
