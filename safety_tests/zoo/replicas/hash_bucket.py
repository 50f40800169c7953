"""Words are sorted into buckets by `hash`, which differs from process to process.

The model was trained with the buckets of one process. Since Python 3.3 `hash` of a string is salted
anew in every process: each replica, and each restart, puts the words somewhere else, and the
weights behind them are as good as random.

Seen in: gensim#2859, FTRLp PR#2, TabPFN PR#151 (`hash` used for features or fingerprints).
Repair: use a hash that is the same everywhere, such as `zlib.crc32`.
"""

import zlib
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S011",)
REQUESTS = [
    {"name": "fox", "method": "GET", "path": "/score/fox"},
    {"name": "wine", "method": "GET", "path": "/score/wine"},
]
WEIGHTS = [value / 100 for value in range(100)]


def _service(number: Callable[[str], int]) -> Starlette:
    def score(request: Request) -> JSONResponse:
        bucket = number(request.path_params["word"]) % len(WEIGHTS)
        return JSONResponse({"score": WEIGHTS[bucket]})

    return Starlette(routes=[Route("/score/{word}", score)])


def mutant() -> Starlette:
    return _service(hash)


def healthy() -> Starlette:
    return _service(lambda word: zlib.crc32(word.encode()))
