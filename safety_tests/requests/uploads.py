"""The `files` of an entry: read from disk once, then part of the entry itself.

One file is written in one of four ways, several under one name as a list of them:

    "rows.csv"                                                    a path, from the requests file
    {"filename": "rows.csv", "content": "5.1,3.5\\n", "content_type": "text/csv"}
    {"filename": "leaf.png", "base64": "iVBORw0KGgo=", "content_type": "image/png"}
    ["rows.csv", "5.1,3.5\\n", "text/csv"]                      as in httpx; the type is optional

A path is replaced by one of the other two, so that a token replays where the file is not.
"""

import base64
import binascii
import mimetypes
from pathlib import Path
from typing import Any

from safety_tests.requests.encode import Upload
from safety_tests.requests.faults import Place, seen
from safety_tests.requests.fields import text

_KEYS = ("filename", "content", "base64", "content_type")
_SHAPE = 'a path, or {"filename": ..., "content": ...}, or {"filename": ..., "base64": ...}'


def uploads(place: Place, value: object, base: Path) -> tuple[list[Upload], dict[str, Any]]:
    """The files to send, and the same as self-contained data."""
    if not isinstance(value, dict):
        do = 'Write {"field": file}; a file is ' + _SHAPE + "."
        raise place.fault("files", "an object of form fields", seen(value), do)
    sent: list[Upload] = []
    embedded: dict[str, Any] = {}
    for field, written in value.items():
        label = f"files.{field}"
        text(place, label, field)
        several = isinstance(written, list) and not _is_tuple(written, base)
        whole = [_embed(place, label, one, base) for one in (written if several else [written])]
        sent += [_upload(place, label, field, one) for one in whole]
        embedded[field] = whole if several else whole[0]
    return sent, embedded


def from_base64(place: Place, field: str, value: object) -> bytes:
    written = text(place, field, value)
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError) as error:
        do = "Encode the bytes with base64.b64encode."
        raise place.fault(field, "base64", f"{seen(written)} ({error})", do) from None


def _is_tuple(written: Any, base: Path) -> bool:
    """Is it httpx's (name, content) or (name, content, type), and no list of paths?"""
    if not isinstance(written, list) or len(written) not in (2, 3):
        return False
    return all(isinstance(one, str) for one in written) and not any(
        _is_there(base, one) for one in written[:2]
    )


def _is_there(base: Path, written: str) -> bool:
    try:
        return (base / written).exists()
    except (OSError, ValueError):
        return False


def _embed(place: Place, label: str, written: object, base: Path) -> dict[str, Any]:
    if isinstance(written, str):
        return _read(place, label, written, base)
    if _is_tuple(written, base) and isinstance(written, list):
        written = dict(zip(("filename", "content", "content_type"), written, strict=False))
    if not isinstance(written, dict):
        raise place.fault(label, _SHAPE, seen(written), "Use one of the three.")
    for key in written:
        if key not in _KEYS:
            raise Place(place.origin, f"{place.entry}, {label}").unknown_key(key, _KEYS)
    if ("content" in written) == ("base64" in written):
        got = "both" if "content" in written else "neither"
        raise place.fault(label, 'one of "content" and "base64"', got, "Give exactly one.")
    filename = text(place, f"{label}.filename", written.get("filename", "upload"))
    return {"filename": filename, "content_type": _guess(filename), **written}


def _read(place: Place, label: str, written: str, base: Path) -> dict[str, Any]:
    path = base / written
    try:
        if not path.is_file():  # a directory, nothing, or a device that never ends
            raise place.fault(label, "the path of a file", f"{seen(written)}, no file at {path}",
                              "Give a path relative to the requests file.")  # fmt: skip
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        do = "Check the path and its permissions."
        raise place.fault(label, "a readable file", f"{seen(written)} ({error})", do) from None
    whole = {"filename": path.name, "content_type": _guess(path.name)}
    try:
        return {**whole, "content": content.decode()}
    except UnicodeDecodeError:
        return {**whole, "base64": base64.b64encode(content).decode("ascii")}


def _upload(place: Place, label: str, field: str, whole: dict[str, Any]) -> Upload:
    if "base64" in whole:
        content = from_base64(place, f"{label}.base64", whole["base64"])
    else:
        content = text(place, f"{label}.content", whole["content"]).encode()
    kind = text(place, f"{label}.content_type", whole["content_type"])
    if not kind.isascii() or not kind.isprintable():
        do = 'Write something like "text/csv".'
        raise place.fault(f"{label}.content_type", "a media type", seen(kind), do)
    return Upload(field, whole["filename"], content, kind)


def _guess(filename: str) -> str:
    # The types Python ships with: those of the machine would make a body depend on it.
    known = mimetypes.MimeTypes(filenames=())
    return known.guess_type(filename)[0] or "application/octet-stream"
