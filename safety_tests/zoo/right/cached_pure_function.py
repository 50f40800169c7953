"""An unlocked `lru_cache` around a function of its arguments alone.

Looks like the double load of the textbook. Two requests with the same new row may both compute it;
they get the same number, and there is nothing that must exist only once.
"""

from functools import lru_cache

from fastapi import APIRouter, FastAPI

REQUESTS = [
    {"name": "two", "method": "GET", "path": "/v1/square/2"},
    {"name": "nine", "method": "GET", "path": "/v1/square/9"},
]


@lru_cache(maxsize=100)
def square(value: int) -> int:
    return value * value


def healthy() -> FastAPI:
    square.cache_clear()  # a service that has just started
    router = APIRouter(prefix="/v1")

    @router.get("/square/{value}")
    def squared(value: int) -> dict[str, int]:
        return {"square": square(value)}

    app = FastAPI()
    app.include_router(router)
    return app
