"""A fork whose random numbers go on where those of the process stand."""

import os
import random


def fork() -> int:
    """As `os.fork`, but `random`, which would seed itself anew in the new process, goes on."""
    numbers = random.getstate()
    pid = os.fork()
    if not pid:
        random.setstate(numbers)
    return pid
