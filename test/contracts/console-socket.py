"""Receives a terminal's master on a Unix socket, as a caller of an OCI runtime does, and joins it to stdin and stdout."""
import array, os, select, socket, sys

server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(1)
print("listening", file=sys.stderr, flush=True)
connection, _ = server.accept()
_, ancillary, _, _ = connection.recvmsg(256, socket.CMSG_SPACE(4))
fds = array.array("i")
fds.frombytes(ancillary[0][2][:4])
master = fds[0]
inputs = [master, 0]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if master in ready:
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
    if 0 in ready:
        data = os.read(0, 65536)
        if data:
            os.write(master, data)
        else:
            inputs.remove(0)
