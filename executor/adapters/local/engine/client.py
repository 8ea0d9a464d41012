#!/usr/bin/python3 -IS
"""The stand-ins `hive`, `spark-sql`, … of a local site (links to this file in bin/): hands arguments, folder, environment
and standard streams to the site's preloaded engine, and ends with its exit code. Without one it becomes the engine itself.

It runs hundreds of times a minute, so it imports next to nothing."""
import _socket
import marshal
import os
import sys


def connect(site):
    """The engine's socket, or None. Reached through /proc, since a socket's path may have no more than 107 bytes."""
    try:
        folder = os.open(site + "/_godwit", os.O_RDONLY | os.O_DIRECTORY)
        connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        connection.connect(f"/proc/self/fd/{folder}/engine.sock")
        return connection
    except OSError:
        return None


def main():
    name = os.path.basename(sys.argv[0])
    site = os.environ.get("GODWIT_SITE")
    if not site:
        sys.exit(f"{name}: GODWIT_SITE names no local site")
    connection = connect(site)
    if connection is None:
        python = os.environ.get("GODWIT_PYTHON", "/usr/bin/python3")
        program = os.path.join(os.path.dirname(os.path.realpath(__file__)), "main.py")
        os.execv(python, [python, program, name, *sys.argv[1:]])
    message = marshal.dumps((name, sys.argv[1:], os.getcwd(), dict(os.environ)), 2)
    streams = b"".join(descriptor.to_bytes(4, sys.byteorder) for descriptor in (0, 1, 2))
    connection.sendmsg([len(message).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    connection.sendall(message)
    answer = connection.recv(1)
    if not answer:
        sys.exit(f"{name}: the engine of {site} died; its log is {site}/logs/engine.log")
    os._exit(answer[0])


main()
