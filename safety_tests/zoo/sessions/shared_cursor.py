"""All requests query the feature table through one cursor.

A cursor holds one result at a time. `check_same_thread=False` silences the only objection, and
then a second request executes its query before the first one has fetched: the first gets the
features of the other customer, or nothing at all.

Seen in: cpython#146471, #123873 (in true parallel even a crash, 9 of 9), duckdb#13498.
Repair: hold a lock until the rows are fetched, or open a connection for every thread.
"""

import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/predict/ada"},
    {"name": "bob", "method": "GET", "path": "/predict/bob"},
]


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("create table features (customer text, value real)")
    rows = [("ada", 1.5), ("ada", 2.0), ("bob", 30.0)]
    connection.executemany("insert into features values (?, ?)", rows)
    return connection


def _service(guard: AbstractContextManager[object]) -> Starlette:
    cursor = connect().cursor()

    def predict(request: Request) -> JSONResponse:
        customer = request.path_params["customer"]
        with guard:
            cursor.execute("select value from features where customer = ?", (customer,))
            found = cursor.fetchall()
        return JSONResponse({"score": sum(value for (value,) in found)})

    return Starlette(routes=[Route("/predict/{customer}", predict)])


def mutant() -> Starlette:
    return _service(nullcontext())


def healthy() -> Starlette:
    return _service(threading.Lock())
