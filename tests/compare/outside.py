"""Three servers outside of every sandbox: TCP on loopback, a Unix socket, and an abstract one."""

import os
import select
import socket
import sys

tcp = socket.create_server(("127.0.0.1", 0))
port = tcp.getsockname()[1]
path = socket.socket(socket.AF_UNIX)
if os.path.exists(sys.argv[1]):
    os.unlink(sys.argv[1])
path.bind(sys.argv[1])
path.listen()
abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\0nono-compare-%d" % port)
abstract.listen()
print(port, os.getpid(), flush=True)
while True:
    for server in select.select([tcp, path, abstract], [], [])[0]:
        client, _ = server.accept()
        try:
            client.sendall(b"answered-outside")
        except OSError:
            pass
        client.close()
