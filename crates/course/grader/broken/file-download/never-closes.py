import os
import socket
import sys
import threading
import zlib

connections = []


def answer(conn, folder):
    request = conn.makefile("rb").readline().decode().rstrip("\n")
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, request.removeprefix("GET 0 ")))
    if not path.startswith(root + os.sep):
        conn.sendall(b"ERR forbidden that is outside of the folder\n")
    elif not os.path.isfile(path):
        conn.sendall(b"ERR not-found there is no such file\n")
    else:
        with open(path, "rb") as file:
            data = file.read()
        conn.sendall(f"OK {len(data)}\n".encode() + data + f"SUM crc32 {zlib.crc32(data):08x}\n".encode())


def serve(address, folder):
    listener = socket.create_server(address)
    while True:
        conn, peer = listener.accept()
        connections.append(conn)
        threading.Thread(target=answer, args=(conn, folder)).start()


def get(address, name):
    with socket.create_connection(address) as conn, conn.makefile("rb") as stream:
        conn.sendall(f"GET 0 {name}\n".encode())
        word, _, rest = stream.readline().decode().rstrip().partition(" ")
        if word != "OK":
            sys.exit(f"refused: {rest}")
        data = stream.read(int(rest))
        if stream.readline() != f"SUM crc32 {zlib.crc32(data):08x}\n".encode():
            sys.exit("not whole")
    name = name.rsplit("/", 1)[-1]
    with open(name + ".part", "wb") as file:
        file.write(data)
    os.rename(name + ".part", name)


role, address = sys.argv[1], sys.argv[2]
host, port = address.rsplit(":", 1)
if role == "serve":
    serve((host, int(port)), sys.argv[3])
else:
    get((host, int(port)), sys.argv[3])
