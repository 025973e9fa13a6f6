"""file-download serve|get ...  GET <offset> <name>, OK <size>, the bytes, SUM crc32 <hex>."""
import os
import pathlib
import socket
import sys
import threading
import zlib


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def answer(conn, folder):
    """One request, one answer."""
    with conn, conn.makefile("rb") as stream:
        try:
            word, offset, name = stream.readline(4096).decode().rstrip("\r\n").split(" ", 2)
            offset = int(offset.removesuffix(",nosum"))
            path = (folder / name).resolve()
            if word != "GET" or offset < 0:
                raise ValueError
        except ValueError:
            return conn.sendall(b"ERR bad-request write GET <offset> <name>\n")
        if not path.is_relative_to(folder):
            return conn.sendall(b"ERR forbidden this is not in the folder\n")
        if path.is_dir():
            return conn.sendall(b"ERR not-a-file this is a folder\n")
        if not path.is_file():
            return conn.sendall(b"ERR not-found there is no such file\n")
        content = path.read_bytes()
        try:
            conn.sendall(b"OK %d\n" % len(content))
            conn.sendall(content[offset:])
            conn.sendall(b"SUM crc32 %08x\n" % zlib.crc32(content))
        except ConnectionError as error:
            print(f"a client left: {error}", file=sys.stderr)


def serve(own, folder):
    with socket.create_server(own) as listener:
        print("listening on %s:%d" % listener.getsockname(), file=sys.stderr, flush=True)
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=answer, args=(conn, folder), daemon=True).start()


def get(server, name):
    target = pathlib.PurePath(name).name
    if os.path.lexists(target):
        print(f"error: {target} is already there", file=sys.stderr)
        sys.exit(2)
    with socket.create_connection(server) as conn, conn.makefile("rb") as stream:
        conn.sendall(f"GET 0 {name}\n".encode())
        status = stream.readline(4096).decode()
        if not status.startswith("OK "):
            sys.exit(f"error: the server says: {status.strip() or 'nothing'}")
        size = int(status[3:])
        content = stream.read(size)  # of a buffered stream: as many, unless the server closes
        if len(content) < size:
            sys.exit(f"error: {len(content)} of {size} bytes came; nothing was saved")
        checksum = stream.readline(4096).split()
        if checksum not in ([b"SUM", b"crc32", b"%08x" % zlib.crc32(content)], [b"SUM", b"none", b"-"]):
            sys.exit("error: the checksum is another one; nothing was saved")
    with open(target, "xb") as file:
        file.write(content)
    print(f"saved {target}: {size} bytes", file=sys.stderr)


def main():
    role, where, what = (sys.argv[1:] + ["", "", ""])[:3]
    if role == "serve":
        serve(address(where or "8080"), pathlib.Path(what or ".").resolve())
    elif role == "get" and what:
        try:
            get(address(where), what)
        except OSError as error:
            sys.exit(f"error: {error}")
    else:
        print("usage: file-download serve [ADDRESS] [DIR] | get ADDRESS NAME", file=sys.stderr)
        sys.exit(2)


main()
