"""http-server ADDRESS DIR  Sends the content after the answer to HEAD as well."""
import os
import re
import socket
import sys
import threading
from urllib.parse import unquote_to_bytes

TYPES = {".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
REASONS = {200: "OK", 206: "Partial Content", 400: "Bad Request", 404: "Not Found", 416: "Range Not Satisfiable", 501: "Not Implemented"}


def address(text):
    """HOST:PORT, :PORT or PORT, the way the course writes it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def head(status, fields):
    lines = [f"HTTP/1.1 {status} {REASONS[status]}"] + [f"{name}: {value}" for name, value in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def refuse(conn, status, method, more=()):
    text = f"{status} {REASONS[status]}\n".encode()
    fields = [("Content-Type", TYPES[".txt"]), ("Content-Length", len(text)), *more]
    conn.sendall(head(status, fields) + (b"" if method == "HEAD" else text))


def path_of(root, target):
    """The file that a URL's path names, or None if it is outside of the folder or not there."""
    name = unquote_to_bytes(target.partition("?")[0]).decode(errors="replace")
    if name == "/":
        name = "/index.html"
    path = os.path.realpath(os.path.join(root, name.lstrip("/")))
    inside = os.path.commonpath([root, path]) == root and "\0" not in path
    return path if inside and os.path.isfile(path) else None


def part(text, size):
    """The first and the last byte of a Range, the whole file without one, None for an empty one."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", text or "")
    if not asked or not any(asked.groups()):
        return 0, size - 1
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return (int(first), min(int(last or size), size - 1)) if int(first) < size else None


def answer(conn, root, method, target, fields):
    path = path_of(root, target)
    if path is None:
        return refuse(conn, 404, method)
    size = os.path.getsize(path)
    asked = part(fields.get("range"), size)
    if asked is None:
        return refuse(conn, 416, method, [("Content-Range", f"bytes */{size}")])
    first, last = asked
    kind = TYPES.get(os.path.splitext(path)[1], "application/octet-stream")
    more = [("Content-Range", f"bytes {first}-{last}/{size}")] if "range" in fields else []
    length = last + 1 - first
    conn.sendall(head(206 if more else 200, [("Content-Type", kind), ("Content-Length", length), *more]))
    with open(path, "rb") as file:
        file.seek(first)
        while length > 0 and (block := file.read(min(length, 65536))):
            conn.sendall(block)
            length -= len(block)


def serve_one(conn, root, request):
    """Answers one request; True: the connection stays open."""
    lines = request.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or (words[2] == "HTTP/1.1" and "host" not in fields):
        refuse(conn, 400, "GET", [("Connection", "close")])
        return False
    if words[0] not in ("GET", "HEAD"):
        refuse(conn, 501, words[0], [("Connection", "close")])
        return False
    answer(conn, root, words[0], words[1], fields)
    return fields.get("connection", "").lower() != "close" and words[2] == "HTTP/1.1"


def serve(conn, root):
    buffer = b""
    with conn:
        try:
            while data := conn.recv(65536):
                buffer += data
                while b"\r\n\r\n" in buffer:
                    request, _, buffer = buffer.partition(b"\r\n\r\n")
                    if not serve_one(conn, root, request):
                        return
        except OSError as error:
            print(error, file=sys.stderr)


def main():
    own = address(sys.argv[1] if len(sys.argv) > 1 else "8080")
    root = os.path.realpath(sys.argv[2] if len(sys.argv) > 2 else ".")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(own)
        listener.listen(128)
        print("listening on %s:%d" % listener.getsockname(), file=sys.stderr, flush=True)
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn, root), daemon=True).start()


main()
