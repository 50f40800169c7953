"""A port of this machine for a server that will listen there in a while."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """A free port of 127.0.0.1 that no other process is given until the end of the `with` block.

    It is bound, and not listened at: the system gives it to nobody who asks for any port, nor to
    a connection. A server that asks for it by number and sets SO_REUSEADDR or SO_REUSEPORT, as
    servers do, gets it (socket(7)).
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
