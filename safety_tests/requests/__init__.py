"""The requests a target is tested with: read from a file, given as data, or drawn from OpenAPI.

A request is kept as the bytes an ASGI server would hand to the app, next to the entry it was
written as. The entry is what a token embeds: `parse([request.source], "token")` gives an equal
request in another process, whatever is installed there. Few runs draw, so `draw` is not here.
"""

from safety_tests.requests.entries import parse
from safety_tests.requests.file import load
from safety_tests.requests.model import Request, RequestSet

__all__ = ["Request", "RequestSet", "load", "parse"]
