"""Runs a program on a pseudo-terminal: pty-bridge.py COLUMNS ROWS PROGRAM [ARG ...]

Standard input and output carry the terminal's bytes. Lines `COLUMNS ROWS` on descriptor 3 resize it. The exit code is
the program's, 128 + n when a signal ended it.
"""
import fcntl
import os
import select
import signal
import struct
import sys
import termios

columns, rows, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


master, slave = os.openpty()
resize(slave, columns, rows)
child = os.fork()
if child == 0:
    os.close(master)
    os.close(3)
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1, 2):
        os.dup2(slave, descriptor)
    if slave > 2:
        os.close(slave)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(program[0], program)
os.close(slave)

pending = b""
sources = {0, 3, master}
while master in sources:
    writable = [master] if pending else []
    ready, can_write, _ = select.select(list(sources), writable, [])
    if can_write:
        pending = pending[os.write(master, pending[:4096]):]
    for source in ready:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b""
        if not data:
            sources.discard(source)
        elif source == master:
            os.write(1, data)
        elif source == 0:
            pending += data
        else:
            for line in data.split(b"\n"):
                if line:
                    resize(master, *map(int, line.split()))

_, status = os.waitpid(child, 0)
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
