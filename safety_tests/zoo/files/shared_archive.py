"""All requests read members of one open tar archive.

Every member has a file object of its own, which looks safe. Behind them is one compressed stream:
each read winds it to its member and reads on from there, without a lock, and a read of another
thread winds it away in the middle. All of this is inside the library, where requests are not
interleaved step by step; it takes real threads to see it.

Seen in: cpython#67837, deepracer-utils PR#69 (one open `TarFile` used by several threads).
Repair: open the archive for every request, or hold a lock while reading from it.
"""

import io
import tarfile
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CODES = ("S010",)
REQUESTS = [
    {"name": "english", "method": "GET", "path": "/text/en"},
    {"name": "french", "method": "GET", "path": "/text/fr"},
]
TEXTS = {"en": b"dog " * 5000, "fr": b"chien " * 5000}


def packed() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, text in TEXTS.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return file.getvalue()


def read(archive: tarfile.TarFile, name: str) -> bytes:
    return (archive.extractfile(name) or io.BytesIO()).read()


def _service(text_in: Callable[[str], bytes]) -> Starlette:
    def text(request: Request) -> Response:
        return Response(text_in(request.path_params["language"]), media_type="text/plain")

    return Starlette(routes=[Route("/text/{language}", text)])


def mutant() -> Starlette:
    archive = tarfile.open(fileobj=io.BytesIO(packed()))
    archive.getmembers()  # the table of contents is read once
    return _service(lambda name: read(archive, name))


def healthy() -> Starlette:
    file = packed()

    def text_in(name: str) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(file)) as archive:
            return read(archive, name)

    return _service(text_in)
