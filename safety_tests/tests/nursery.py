"""The libraries that the apps of the tests import, imported once for each worker of pytest."""

import atexit
from functools import cache

from safety_tests.matrix import LIBRARIES
from safety_tests.target.nursery import Nurseries


@cache
def nurseries() -> Nurseries:
    """Where tests have their apps forked, unless they are about the start of a process."""
    found = Nurseries(LIBRARIES)
    atexit.register(found.close)
    return found
