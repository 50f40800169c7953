"""The result of a query waits on the connection that all requests share.

`execute` leaves the rows on the connection and `fetch` takes them from there. Between the two
another request can execute its own query, and the first one fetches the features of the wrong
customer.

Seen in: duckdb#13498 (26-29 % wrong with a shared connection, none with a cursor per call).
Repair: open a cursor per request; the pending result then has one owner.
"""

from collections.abc import Callable

from fastapi import FastAPI

CODES = ("S001",)
REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/predict/ada"},
    {"name": "bob", "method": "GET", "path": "/predict/bob"},
]
FEATURES = {"ada": [1.0, 2.0], "bob": [30.0, 40.0]}


class Connection:
    def __init__(self) -> None:
        self.pending: list[float] = []

    def execute(self, customer: str) -> None:
        self.pending = FEATURES.get(customer, [])

    def fetch(self) -> list[float]:
        return self.pending

    def cursor(self) -> "Connection":
        return Connection()


def _service(cursor: Callable[[], Connection]) -> FastAPI:
    app = FastAPI()

    @app.get("/predict/{customer}")
    def predict(customer: str) -> dict[str, float]:
        query = cursor()
        query.execute(customer)
        return {"score": sum(query.fetch())}

    return app


def mutant() -> FastAPI:
    connection = Connection()
    return _service(lambda: connection)


def healthy() -> FastAPI:
    connection = Connection()
    return _service(connection.cursor)
