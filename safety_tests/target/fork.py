"""A fork whose random numbers go on where those of the process stand."""

import os
import random

from safety_tests.engine.patch import staying_in_control


def fork() -> int:
    """As `os.fork`, but `random`, which would seed itself anew in the new process, goes on."""
    numbers = random.getstate()
    with staying_in_control():
        pid = os.fork()
    if not pid:
        random.setstate(numbers)
    return pid
