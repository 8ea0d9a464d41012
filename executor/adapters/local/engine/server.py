"""The preloaded engine of one site: imports once, then forks for each request of client.py.

    server.py SITE

Ends when its stdin does, that is with the scheduler that started it; requests that go on are finished."""
import gc
import marshal
import os
import select
import signal
import socket
import sys
import threading
import traceback

import main as engine  # loads DuckDB and sqlglot: what all of this is for
import session

BACKLOG = 128


def listen(site):
    folder = os.path.join(site, "_godwit")
    os.makedirs(folder, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    path = os.path.join(folder, "engine.sock")
    if os.path.exists(path):
        os.remove(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    previous = os.umask(0o077)
    listener.bind(f"/proc/self/fd/{descriptor}/engine.sock")
    os.umask(previous)
    os.close(descriptor)
    listener.listen(BACKLOG)
    return listener, path


def receive(connection):
    """(name, arguments, folder, environment), and the caller's three standard streams."""
    head, descriptors, _, _ = socket.recv_fds(connection, 4, 3)
    size, message = int.from_bytes(head, "big"), b""
    while len(message) < size:
        piece = connection.recv(min(1 << 20, size - len(message)))
        if not piece:
            raise ConnectionError("the caller went away")
        message += piece
    return marshal.loads(message), descriptors


def die_with(connection):
    """A caller that is gone wants no result: nothing that it began may be committed."""
    connection.recv(1)
    os._exit(130)


def answer(connection):
    """In a process of its own: becomes the caller, runs, tells the exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    (name, arguments, folder, environment), streams = receive(connection)
    for wanted, descriptor in enumerate(streams):
        os.dup2(descriptor, wanted)
        os.close(descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=die_with, args=(connection,), daemon=True).start()
    code = 70
    try:
        code = engine.run(name, arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
    connection.send(bytes([code & 0xFF]))


def serve(site):
    listener, path = listen(site)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are nobody's to wait for
    session.warm_up()
    gc.collect()
    gc.freeze()  # keeps the pages that all children share from being touched
    while True:
        ready, _, _ = select.select([listener, 0], [], [])
        if 0 in ready and not os.read(0, 1):
            os.remove(path)
            return
        if listener not in ready:
            continue
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            try:
                answer(connection)
            finally:
                os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve(os.path.realpath(sys.argv[1]))
