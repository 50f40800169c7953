"""One operation of an OpenAPI document, written as entries of a requests file."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from safety_tests.requests.numbers import measurement
from safety_tests.requests.schemas import (
    CannotDraw,
    Document,
    examples,
    is_file,
    kind,
    listed,
    mapping,
)
from safety_tests.requests.values import ROW, Values

PREDICTS = re.compile(r"predict|infer|score|classif|regress|embed|forecast|rank|recommend|detect")
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
# OpenAPI leaves these to other parts of the document.
_NOT_PARAMETERS = ("accept", "content-type", "authorization")


class Operation:
    def __init__(
        self,
        document: Document,
        path: str,
        method: str,
        item: Mapping[str, Any],
        node: Mapping[str, Any],
    ) -> None:
        self.document = document
        self.path = path
        self.method = method
        parameters: dict[tuple[Any, Any], Mapping[str, Any]] = {}
        for one in [*listed(item.get("parameters")), *listed(node.get("parameters"))]:
            found, _ = document.resolve(one)  # the operation's replace those of the path
            parameters[found.get("in"), found.get("name")] = found
        self.parameters = list(parameters.values())
        self.predicts = bool(PREDICTS.search(f"{path} {node.get('operationId', '')}".lower()))
        self.body, _ = document.resolve(node.get("requestBody"))

    def entry(self, values: Values) -> tuple[str, dict[str, Any]]:
        """The title of the example that was used, if it has one, and the entry without a name."""
        entry: dict[str, Any] = {"method": self.method.upper(), "path": self.path}
        self._add_parameters(entry, values)
        title = ""
        if self._reads_undeclared_body():
            entry["json"] = values.guess()
        elif self.body:
            try:
                title, body = self._body(values)
                for key, value in body.items():
                    entry[key] = {**entry[key], **value} if key in entry else value
            except CannotDraw:
                if self.body.get("required", False):
                    raise
        return title, entry

    def _reads_undeclared_body(self) -> bool:
        """A prediction without any described input takes it from the raw request."""
        return self.predicts and self.method == "post" and not (self.body or self.parameters)

    def _add_parameters(self, entry: dict[str, Any], values: Values) -> None:
        groups: dict[str, dict[str, Any]] = {"query": {}, "header": {}, "cookie": {}, "path": {}}
        for parameter in self.parameters:
            name, where = str(parameter.get("name")), str(parameter.get("in"))
            wanted = parameter.get("required", False)
            ignored = where == "header" and name.lower() in _NOT_PARAMETERS and not wanted
            if where not in groups or ignored:
                continue
            if wanted or values.variant or self._has_example(parameter):
                try:
                    groups[where].update(self._parameter(parameter, name, values))
                except CannotDraw as error:
                    if wanted:
                        raise CannotDraw(f"{where} parameter {name}: {error}") from None
        for name, value in groups["path"].items():
            entry["path"] = entry["path"].replace(f"{{{name}}}", quote(_text(value), safe=""))
        if "{" in entry["path"]:
            raise CannotDraw("a path parameter is not described")
        if groups["query"]:
            entry["params"] = {name: _flat(value) for name, value in groups["query"].items()}
        headers = {name: _text(value) for name, value in groups["header"].items()}
        if groups["cookie"]:
            pairs = [f"{name}={_text(value)}" for name, value in groups["cookie"].items()]
            headers["cookie"] = "; ".join(pairs)
        if headers:
            entry["headers"] = headers

    def _parameter(self, parameter: Mapping[str, Any], name: str, values: Values) -> dict[str, Any]:
        node = parameter.get("schema", {})
        for media in mapping(parameter.get("content")).values():
            return {name: json.dumps(values.of(mapping(media).get("schema", {})))}
        given = [value for _, value in examples(parameter)]
        value = values.chosen(given, node) if given else values.of(node)
        if isinstance(value, dict):  # style "form" with explode, the default of a query
            return value
        return {name: value}

    def _has_example(self, parameter: Mapping[str, Any]) -> bool:
        schema, _ = self.document.resolve(parameter.get("schema"))
        return bool(examples(parameter) or examples(schema))

    def _body(self, values: Values) -> tuple[str, dict[str, Any]]:
        contents = mapping(self.body.get("content"))
        if not contents:
            raise CannotDraw("its body has no media type")
        media = min(contents, key=_preference)
        described = mapping(contents[media])
        node = described.get("schema", {})
        given = examples(described)
        if not given and not _is_json(media) and _preference(media) > 4 and not self._is_text(node):
            raise CannotDraw(f"no body of the type {media} is known")
        if given:
            value = values.chosen([one for _, one in given], node)
        else:
            value = values.guess() if self._is_open(node) else values.of(node)
        title = given[values.variant][0] if values.variant < len(given) else ""
        if _is_json(media):
            if media == "application/json":
                return title, {"json": value}
            return title, {"json": value, "headers": {"content-type": media}}
        if media in (_FORM, _MULTIPART):
            return title, self._form(media, node, mapping(value), values)
        text = value if isinstance(value, str) else json.dumps(value)
        kind_of_text = "text/plain" if "*" in media else media
        return title, {"content": text, "headers": {"content-type": kind_of_text}}

    def _is_open(self, node: object) -> bool:
        schema, _ = self.document.resolve(node)
        return not schema.keys() - {"title", "description"}

    def _is_text(self, node: object) -> bool:
        return kind(self.document.resolve(node)[0]) == "string"

    def _form(
        self, media: str, node: object, value: Mapping[str, Any], values: Values
    ) -> dict[str, Any]:
        schema, _ = self.document.resolve(node)
        properties = mapping(schema.get("properties"))
        data: dict[str, Any] = {}
        files: dict[str, Any] = {}
        for name, item in value.items():
            if media == _MULTIPART and self._is_file(properties.get(name)):
                count = len(item) if isinstance(item, list) else 1
                several = [_file(name, values.variant, position) for position in range(count)]
                files[name] = several if isinstance(item, list) else several[0]
            else:
                data[name] = _flat(item)
        return {"data": data, **({"files": files} if files else {})}

    def _is_file(self, node: object, depth: int = 3) -> bool:
        schema, _ = self.document.resolve(node)
        if not depth:  # `list[UploadFile] | None` is the deepest that forms know
            return False
        inner = [schema.get("items"), *listed(schema.get("anyOf")), *listed(schema.get("oneOf"))]
        return is_file(schema) or any(self._is_file(one, depth - 1) for one in inner if one)


def _file(name: str, variant: int, position: int) -> dict[str, str]:
    """A row of numbers: a valid small text for those who want one, a table for the others."""
    numbers = [str(measurement(variant + position, place)) for place in range(ROW)]
    return {
        "filename": f"{name}{position + 1}.csv",
        "content": ",".join(numbers) + "\n",
        "content_type": "text/csv",
    }


def _is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


def _preference(media: str) -> int:
    known = ("application/json", _FORM, _MULTIPART, "text/plain")
    if media in known:
        return known.index(media)
    return 4 if media.endswith("+json") or media in ("*/*", "text/*") else 5


def _flat(value: Any) -> Any:
    """What fits into one field of a query or a form."""
    if isinstance(value, list):
        return [_text(one) for one in value]
    return json.dumps(value) if isinstance(value, dict) else value


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    if isinstance(value, list):
        return ",".join(_text(one) for one in value)
    return json.dumps(value) if isinstance(value, dict) else str(value)
