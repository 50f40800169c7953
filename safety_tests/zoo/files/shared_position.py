"""An embedding is read from a file that was opened once, at a position that all requests share.

`seek` moves to the row and `read` takes it from there. The position belongs to the open file: a
request that seeks in between moves it, and the first one reads the row of another word.

Seen in: cpython#67837, deepracer-utils PR#69 (one open archive read by several threads).
Repair: `os.pread` takes the position as an argument.
"""

import os
import tempfile
from collections.abc import Callable
from typing import BinaryIO

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "first", "method": "GET", "path": "/embedding/0"},
    {"name": "second", "method": "GET", "path": "/embedding/1"},
]
ROWS = b"0.250.75"
WIDTH = 4


def open_table() -> BinaryIO:
    file = tempfile.TemporaryFile(buffering=0)
    file.write(ROWS)
    return file


def _service(row_at: Callable[[BinaryIO, int], bytes]) -> Starlette:
    table = open_table()

    def embedding(request: Request) -> PlainTextResponse:
        position = int(request.path_params["word"]) * WIDTH
        return PlainTextResponse(row_at(table, position))

    return Starlette(routes=[Route("/embedding/{word}", embedding)])


def mutant() -> Starlette:
    def row_at(table: BinaryIO, position: int) -> bytes:
        table.seek(position)
        return table.read(WIDTH)

    return _service(row_at)


def healthy() -> Starlette:
    return _service(lambda table, position: os.pread(table.fileno(), WIDTH, position))
