"""All requests read members of one open tar archive.

Every member has a file object of its own, which looks safe. Behind them is one compressed stream:
each read winds it to its member and reads on from there, without a lock, and a read of another
thread winds it away in the middle. All of this is inside the library, where requests are not
interleaved step by step; it takes real threads to see it.

Seen in: cpython#67837, deepracer-utils PR#69 (one open `TarFile` used by several threads).
Repair: hold a lock while reading from the archive, or open it for every request.
"""

import io
import tarfile
import threading
from contextlib import AbstractContextManager, nullcontext

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S010",)
REQUESTS = [
    {"name": "english", "method": "GET", "path": "/words/en"},
    {"name": "french", "method": "GET", "path": "/words/fr"},
]
TEXTS = {"en": b"dog " * 5000, "fr": b"chien " * 5000}


def packed() -> io.BytesIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, text in TEXTS.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    file.seek(0)
    return file


def _service(guard: AbstractContextManager[object]) -> Starlette:
    archive = tarfile.open(fileobj=packed())
    members = {member.name: member for member in archive.getmembers()}

    def read(name: str) -> bytes:
        file = archive.extractfile(members[name])
        return file.read() if file else b""

    def words(request: Request) -> JSONResponse:
        with guard:
            text = read(request.path_params["language"])
        return JSONResponse({"words": len(text.split()), "first": text[:5].decode()})

    return Starlette(routes=[Route("/words/{language}", words)])


def mutant() -> Starlette:
    return _service(nullcontext())


def healthy() -> Starlette:
    return _service(threading.Lock())
