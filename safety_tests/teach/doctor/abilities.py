"""What the gate and the load need of the system: fork, ports of its own, the real threading."""

from __future__ import annotations

import _thread
import os
import socket
import threading

from safety_tests.teach.doctor.line import Line, fail, ok

PATIENCE = 5.0
"""Seconds for a connection within the laptop."""


def fork() -> Line:
    try:
        child = os.fork()
    except OSError as error:
        return fail("fork", f"refused: {error.strerror}", "close programs; see `ulimit -u`")
    if not child:
        os._exit(7)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != 7:
        return fail("fork", "a forked process did not end as it should", "use another laptop")
    return ok("fork", "works")


def ports() -> Line:
    """A server on 127.0.0.1 can be reached: bound, connected to, and heard."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(PATIENCE)
            with (
                socket.create_connection(server.getsockname(), PATIENCE) as client,
                server.accept()[0] as served,
            ):
                client.sendall(b"?")
                served.settimeout(PATIENCE)
                heard = served.recv(1)
    except OSError as error:
        return fail(
            "ports",
            f"no server can be reached on 127.0.0.1: {error.strerror or error}",
            "`ip link set lo up` as root; or ask who runs the firewall",
        )
    if heard != b"?":
        return fail("ports", "127.0.0.1 is answered by something else", "turn the firewall off")
    return ok("ports", "127.0.0.1 can be bound and reached")


def real_threads() -> Line:
    """gevent and its like replace `threading`, and then the gate can control nothing."""
    homes = {
        "threading.Thread.start": (threading.Thread.start, "threading"),
        "threading.Lock": (threading.Lock, "_thread"),
        "_thread.start_new_thread": (_thread.start_new_thread, "_thread"),
    }
    replaced = [
        name for name, (one, home) in homes.items() if getattr(one, "__module__", home) != home
    ]
    if replaced:
        by = getattr(homes[replaced[0]][0], "__module__", "something")
        return fail(
            "threading",
            f"{', '.join(replaced)} replaced by {by}",
            "find what imports it when Python starts (a .pth file, sitecustomize), or make a venv",
        )
    return ok("threading", "Python's own")
