"""The gate's end of the process that serves a crowd of requests with real threads."""

from __future__ import annotations

from collections.abc import Sequence

from safety_tests.history import Answer, History
from safety_tests.requests import Request
from safety_tests.target import wire
from safety_tests.target.launch import Launched, how_it_ended


class CrowdProcess(Launched):
    """The app in a process without a scheduler; the first crowd finds it cold."""

    module = "safety_tests.target.crowd"

    def serve(self, requests: Sequence[Request], limit: float) -> History:
        """All requests at once; a crash, or no end after `limit` seconds, is a history as well."""
        self.wait_until_ready()
        self.sock.settimeout(limit)
        try:
            wire.send(self.sock, wire.Crowd(tuple(requests)))
            return History(answers=wire.receive(self.sock))
        except wire.Closed as closed:
            slow = isinstance(closed.__cause__, TimeoutError)
            status = None if slow else self.end()
        how = "hang" if status is None else "crash"
        error = f"no answer within {limit:.0f} s" if status is None else how_it_ended(status)
        return History(answers=tuple(Answer(0, error=error) for _ in requests), stuck=how)
