"""Waiting for pipes and processes hands over the baton, as waiting for a lock does.

The pools of `multiprocessing`, `concurrent.futures` and joblib have a thread that does nothing but
wait in `multiprocessing.connection.wait` for what the others send. Input is real, and so is the
time it takes: nothing tells when it comes, but looking.
"""

from __future__ import annotations

from collections.abc import Iterable
from multiprocessing import connection
from typing import Any

from safety_tests.engine.control import Control


def install(control: Control) -> None:
    """To be called before anything imports `wait` by its name."""
    wait_for_real = connection.wait

    def wait(object_list: Iterable[Any], timeout: float | None = None) -> list[Any]:
        things = list(object_list)
        if control.me() is None or (timeout is not None and timeout <= 0):
            return wait_for_real(things, timeout)

        def there(seconds: float) -> bool:
            return bool(wait_for_real(things, seconds))

        if not there(0):
            deadline = None if timeout is None else control.clock.now() + timeout
            control.block(there, deadline, looks=there)
        return wait_for_real(things, 0)

    connection.wait = wait
