import os
import socket
import sys
import threading
import zlib


def read_line(conn):
    line = b""
    while not line.endswith(b"\n"):
        byte = conn.recv(1)
        if not byte:
            break
        line += byte
    return line.decode().rstrip("\r\n")


def answer(conn, folder):
    word, offset, name = read_line(conn).split(" ", 2)
    path = os.path.realpath(os.path.join(folder, name))
    if not path.startswith(os.path.realpath(folder) + "/"):
        conn.sendall(b"ERR forbidden not in the folder\n")
    elif not os.path.isfile(path):
        conn.sendall(b"ERR not-found no such file\n")
    else:
        data = open(path, "rb").read()
        conn.sendall(b"OK %d\n" % len(data))
        conn.sendall(data[int(offset):])
        conn.sendall(b"SUM crc32 %08x\n" % zlib.crc32(data))
    conn.close()


def serve(address, folder):
    listener = socket.create_server(address)
    print("listening on", sys.argv[2], file=sys.stderr)
    while True:
        conn, peer = listener.accept()
        threading.Thread(target=answer, args=(conn, folder), daemon=True).start()


def get(address, name):
    conn = socket.create_connection(address)
    conn.sendall(f"GET 0 {name}\n".encode())
    status = read_line(conn)
    if not status.startswith("OK "):
        sys.exit(f"no file: {status}")
    data = b""
    while piece := conn.recv(65536):
        data += piece
    with open(os.path.basename(name), "xb") as file:
        file.write(data)


host, port = sys.argv[2].split(":")
command = {"serve": serve, "get": get}[sys.argv[1]]
command((host, int(port)), sys.argv[3])
