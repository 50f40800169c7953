"""Ends a run at the first answer that is not right. Importing this module imports gevent."""

from __future__ import annotations

import gevent

from loadtests.control import Control

LOOK_SECONDS = 0.5


def end_at_first_failure(control: Control) -> None:
    """Look at the run in progress until it has ended, or until something in it is wrong.

    For a greenlet of the process that collects. Workers report every few seconds, so with them
    the end comes so much later. Headless Locust then ends; the web UI stays, for another run.
    """
    while control.desk.ended is None:
        gevent.sleep(LOOK_SECONDS)
        found = control.snapshot(ask=False)
        if control.desk.ended is None and found["wrong"] + found["errors"]:
            runner = control.environment.runner
            assert runner is not None
            if control.headless:
                runner.quit()
            else:
                runner.stop()
            return
