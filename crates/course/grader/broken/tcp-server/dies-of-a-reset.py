import codecs
import selectors
import socket
import sys

host, port = sys.argv[1].split(":")
listener = socket.create_server((host, int(port)))
print("listening on", sys.argv[1], file=sys.stderr)
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in selector.select():
        if key.fileobj is listener:
            conn, peer = listener.accept()
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            selector.register(conn, selectors.EVENT_READ, (peer, decoder))
            continue
        peer, decoder = key.data
        data = key.fileobj.recv(1024)
        if data:
            print(f"[{peer[0]}:{peer[1]}] {len(data)} bytes: {decoder.decode(data)}", flush=True)
        else:
            selector.unregister(key.fileobj)
            key.fileobj.close()
