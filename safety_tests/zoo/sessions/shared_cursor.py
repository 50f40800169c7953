"""All requests query the feature table through one cursor.

A cursor holds one result at a time. `check_same_thread=False` silences the only objection, and
then a second request executes its query before the first one has fetched: the first gets the
features of the other customer, or nothing at all.

Seen in: cpython#146471, #123873 (in true parallel even a crash, 9 of 9), duckdb#13498.
Repair: open a cursor for every query.
"""

import sqlite3
from collections.abc import Callable

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


def _service(cursor: Callable[[], sqlite3.Cursor]) -> Starlette:
    def predict(request: Request) -> JSONResponse:
        query = cursor()
        customer = request.path_params["customer"]
        query.execute("select value from features where customer = ?", (customer,))
        return JSONResponse({"score": sum(value for (value,) in query.fetchall())})

    return Starlette(routes=[Route("/predict/{customer}", predict)])


def mutant() -> Starlette:
    cursor = connect().cursor()
    return _service(lambda: cursor)


def healthy() -> Starlette:
    return _service(connect().cursor)
