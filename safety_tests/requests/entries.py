"""A requests file as data, turned into requests; anything wrong in it is the user's to read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safety_tests.requests import encode, fields
from safety_tests.requests.faults import Place, plain, seen
from safety_tests.requests.model import Request, RequestSet
from safety_tests.requests.uploads import from_base64, uploads

_SET = ("requests", "ignore", "unique")
_ENTRY = (
    "name", "method", "path", "params", "headers", "json", "content", "data", "files", "changes",
)  # fmt: skip
_BODIES = ("json", "content", "data", "files")
_EXAMPLE = '[{"method": "POST", "path": "/predict", "json": {"features": [5.1, 3.5, 1.4, 0.2]}}]'


def parse(data: object, origin: str, base: Path | None = None) -> RequestSet:
    """The requests in `data`: a list of entries, or an object with requests, ignore and unique.

    `origin` names the place for messages; paths in `files` are relative to `base` (by default
    the current directory). Raises UsageError for every fault, and nothing else.
    """
    place = Place(origin)
    if isinstance(data, list | tuple):
        data = {"requests": data}
    if not isinstance(data, Mapping):
        do = f"Write {_EXAMPLE}."
        raise place.fault("", "a list of requests, or an object with them", seen(data), do)
    table = plain(data, place)
    if "path" in table and "requests" not in table:
        do = "Put brackets around it."
        raise place.fault("", "a list of requests", "a single request", do)
    for key in table:
        if key not in _SET:
            raise place.unknown_key(key, _SET)
    return RequestSet(
        requests=_requests(place, table.get("requests"), base or Path()),
        ignore=_locations(place, "ignore", table.get("ignore", [])),
        unique=_locations(place, "unique", table.get("unique", [])),
        origin=origin,
    )


def _requests(place: Place, entries: object, base: Path) -> tuple[Request, ...]:
    if not isinstance(entries, list) or not entries:
        do = f"Write {_EXAMPLE}."
        raise place.fault("requests", "a list of at least one request", seen(entries), do)
    result: dict[str, Request] = {}
    for index, entry in enumerate(entries):
        here = Place(place.origin, f"request {index}")
        if not isinstance(entry, dict):
            do = f"Write {_EXAMPLE}."
            raise here.fault("", "an object with method and path", seen(entry), do)
        request = _request(here, entry, fields.name(here, entry.get("name", str(index))), base)
        if request.name in result:
            first = list(result).index(request.name)
            do = "Rename one of the two; a request without a name is called by its index."
            got = f"{seen(request.name)}, the name of request {first}"
            raise here.fault("name", "a name of its own", got, do)
        result[request.name] = request
    return tuple(result.values())


def _request(place: Place, entry: dict[str, Any], name: str, base: Path) -> Request:
    place = Place(place.origin, f'{place.entry} ("{name}")' if "name" in entry else place.entry)
    for key in entry:
        if key not in _ENTRY:
            raise place.unknown_key(key, _ENTRY)
    for key, example in (("method", "POST"), ("path", "/predict")):
        if key not in entry:
            raise place.fault(key, "a value", "nothing", f'Add "{key}": "{example}".')
    method = fields.method(place, entry["method"])
    path, query = fields.path(place, entry["path"])
    if query and "params" in entry:
        do = 'Move the query of "path" into "params".'
        raise place.fault("params", "the query in one place", "it in two", do)
    if "params" in entry:
        query = fields.params(place, entry["params"])
    changes = entry.get("changes", False)
    if not isinstance(changes, bool):
        raise place.fault("changes", "true or false", seen(changes), "Remove the quotes, if any.")
    embedded, content_type, body = _body(place, entry, base)
    given = fields.headers(place, entry.get("headers", {}))
    for key, value in given:
        _must_fit(place, key.lower(), value, entry, body)
    source = {"name": name, **entry, **embedded}
    headers = encode.headers(method, given, content_type, body)
    return Request(name, method, path, query, headers, body, changes, source)


def _body(place: Place, entry: dict[str, Any], base: Path) -> tuple[dict[str, Any], str, bytes]:
    """What replaces the entry's own fields in the source, the content type, and the body."""
    used = [key for key in _BODIES if key in entry]
    if len(used) > 1 and used != ["data", "files"]:
        got = " and ".join(f'"{key}"' for key in used)
        do = "Keep one of them (only data and files go together)."
        raise place.fault("", "one body", got, do)
    if "json" in entry:  # also null: whoever writes it wants it sent
        try:
            return {}, "application/json", encode.json_body(entry["json"])
        except ValueError as error:
            do = 'Send such a body as "content".'
            raise place.fault("json", "a value that JSON can write", str(error), do) from None
    if "content" in entry:
        written = entry["content"]
        if isinstance(written, dict) and list(written) == ["base64"]:
            return {}, "", from_base64(place, "content.base64", written["base64"])
        expected = 'a string, or {"base64": "..."}'
        return {}, "", fields.text(place, "content", written, expected).encode()
    data = fields.pairs(place, "data", entry.get("data", {}))
    if "files" in entry:
        files, embedded = uploads(place, entry["files"], base)
        if files:
            return {"files": embedded}, *encode.multipart(data, files)
    return {}, "application/x-www-form-urlencoded" if data else "", encode.form(data)


def _must_fit(place: Place, key: str, value: str, entry: dict[str, Any], body: bytes) -> None:
    """Refuse headers that no server would pass on to the app beside this body."""
    if key == "content-length" and value != str(len(body)):
        do = "Remove the header: it is added."
        raise place.fault("headers.content-length", str(len(body)), value, do)
    if key == "content-type" and entry.get("files"):
        do = "Remove the header: it is added, with the boundary between the parts."
        raise place.fault("headers.content-type", 'none beside "files"', seen(value), do)


def _locations(place: Place, field: str, value: object) -> tuple[str, ...]:
    do = f'Write "{field}": ["$.request_id"].'
    if not isinstance(value, list):
        raise place.fault(field, "a list of fields", seen(value), do)
    for one in value:
        if not isinstance(one, str) or not one.startswith("$") or not one.isprintable():
            raise place.fault(field, 'fields that start with "$"', seen(one), do)
    return tuple(value)
