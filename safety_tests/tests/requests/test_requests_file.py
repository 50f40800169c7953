"""Each fault in a requests file is told with file, entry, field, what was seen and what to do."""

import base64
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from safety_tests.errors import UsageError
from safety_tests.requests import Request, RequestSet, load, parse

GOOD = {
    "requests": [
        {"name": "setosa", "method": "post", "path": "/predict", "json": {"features": [5.1, 3]}},
        {"name": "reload", "method": "POST", "path": "/reload", "changes": True},
    ],
    "ignore": ["$.request_id"],
    "unique": ["$.seq"],
}


def one(**entry: Any) -> Request:
    return parse([{"method": "POST", "path": "/predict", **entry}], "requests.json").requests[0]


def refusal(data: object) -> str:
    with pytest.raises(UsageError) as caught:
        parse(data, "requests.json")
    return str(caught.value)


def refused_entry(**entry: Any) -> str:
    return refusal([{"method": "POST", "path": "/predict", **entry}])


def refused_file(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load(path)
    return str(caught.value)


def test_a_file_gives_its_requests_in_order_with_its_fields(tmp_path: Path) -> None:
    path = tmp_path / "requests.json"
    path.write_text(json.dumps(GOOD))
    found = load(path)
    assert [request.name for request in found.requests] == ["setosa", "reload"]
    assert [request.changes for request in found.requests] == [False, True]
    assert (found.ignore, found.unique, found.origin) == (
        ("$.request_id",), ("$.seq",), "requests.json",
    )  # fmt: skip
    assert found.requests[0].method == "POST"


def test_toml_and_yaml_say_the_same_as_json(tmp_path: Path) -> None:
    pytest.importorskip("yaml", reason="pip install pyyaml")
    (tmp_path / "r.json").write_text(json.dumps(GOOD))
    (tmp_path / "r.yml").write_text(json.dumps(GOOD))  # JSON is YAML
    (tmp_path / "r.toml").write_text(
        'ignore = ["$.request_id"]\nunique = ["$.seq"]\n'
        '[[requests]]\nname = "setosa"\nmethod = "post"\npath = "/predict"\n'
        "json = {features = [5.1, 3]}\n"
        '[[requests]]\nname = "reload"\nmethod = "POST"\npath = "/reload"\nchanges = true\n'
    )
    expected = load(tmp_path / "r.json").requests
    assert load(tmp_path / "r.yml").requests == expected
    assert load(tmp_path / "r.toml").requests == expected


def test_a_bare_list_is_accepted_and_a_missing_name_is_the_index() -> None:
    found = parse([{"method": "GET", "path": "/a"}, {"method": "GET", "path": "/b"}], "x")
    assert [request.name for request in found.requests] == ["0", "1"]
    again = parse([found.requests[1].source], "token").requests[0]
    assert again == found.requests[1]


def test_a_source_is_plain_json_and_gives_an_equal_request_again(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("5.1,3.5\n")
    (tmp_path / "leaf.png").write_bytes(b"\x89PNG\xff")
    entries: list[dict[str, Any]] = [
        {"json": {"a": [1, 2.5, None, True, "é"], "nan": float("nan")}},
        {"json": None},
        {"json": "\ud800"},
        {"content": "raw é"},
        {"content": {"base64": "/w=="}, "headers": {"Content-Type": "image/x"}},
        {"data": {"a": 1, "b": ["x", "y"]}},
        {"files": {"file": "rows.csv", "more": ["leaf.png", {"content": "x"}]}, "data": {"k": 1}},
        {"params": {"q": "a b", "n": [1, 2]}},
        {"params": "a=1&b=%20 é"},
        {"params": [["a", 1], ["a", 2]], "headers": [["X-A", "1"], ["x-a", "2"]]},
    ]
    for entry in entries:
        whole = [{"method": "POST", "path": "/p%C3%A9/a%20b", **entry}]
        path = tmp_path / "requests.json"
        path.write_text(json.dumps(whole))
        request = load(path).requests[0]
        (copied,) = parse([json.loads(json.dumps(request.source))], "token").requests
        assert copied == request
        assert copied.source.keys() == request.source.keys()
        assert request.path == "/pé/a b"


def test_an_uploaded_file_becomes_part_of_the_request(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "leaf.png").write_bytes(b"\x89PNG\xff")
    path = tmp_path / "requests.json"
    entry = {"method": "POST", "path": "/predict", "files": {"image": "data/leaf.png"}}
    path.write_text(json.dumps([entry]))
    request = load(path).requests[0]
    assert request.source["files"]["image"] == {
        "filename": "leaf.png",
        "content_type": "image/png",
        "base64": base64.b64encode(b"\x89PNG\xff").decode(),
    }
    (tmp_path / "data" / "leaf.png").unlink()
    assert b"\x89PNG\xff" in parse([request.source], "token").requests[0].body


@pytest.mark.parametrize("kind", [[], ["text/csv"]], ids=["guessed", "told"])
def test_a_file_may_be_the_tuple_of_httpx(tmp_path: Path, kind: list[str]) -> None:
    path = tmp_path / "requests.json"
    entry = {"method": "POST", "path": "/p", "files": {"rows": ["x.csv", "1,2\n", *kind]}}
    path.write_text(json.dumps([entry]))
    request = load(path).requests[0]
    assert request.source["files"]["rows"] == {
        "filename": "x.csv",
        "content_type": "text/csv",
        "content": "1,2\n",
    }
    assert b"1,2\n" in request.body


def test_a_list_of_paths_is_no_tuple_of_httpx(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(name)
    path = tmp_path / "requests.json"
    entry = {"method": "POST", "path": "/p", "files": {"rows": ["a.csv", "b.csv"]}}
    path.write_text(json.dumps([entry]))
    files = load(path).requests[0].source["files"]["rows"]
    assert [one["filename"] for one in files] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        ("x", ['expected a list of requests, or an object with them, got the string "x"']),
        ([], ['"requests": expected a list of at least one request, got an empty list']),
        ({}, ['"requests"', "got null"]),
        ({"path": "/p", "method": "GET"}, ["a single request", "brackets"]),
        ({"requets": []}, ['the key the string "requets"', 'Did you mean "requests"?']),
        ([1], ["request 0: expected an object with method and path, got the number 1"]),
        ([{1: 2}], ["keys that are strings, got the number 1"]),
        ({**GOOD, "ignore": "$.a"}, ['"ignore"', "a list of fields", 'Write "ignore"']),
        ({**GOOD, "unique": ["seq"]}, ['"unique"', 'start with "$"', 'the string "seq"']),
        ({**GOOD, "ignore": [3]}, ['"ignore"', "the number 3"]),
    ],
)
def test_a_fault_of_the_whole_names_the_file_and_the_key(data: object, parts: list[str]) -> None:
    message = refusal(data)
    assert message.startswith("requests.json: ")
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ({"path": "predict"}, ['"path"', 'starts with one "/"', 'the string "predict"']),
        ({"path": "http://host/predict"}, ["without scheme and host", "http://host/predict"]),
        ({"path": "//host/predict"}, ["without scheme and host"]),
        ({"path": "/a#b"}, ["%23"]),
        ({"path": None}, ['a path such as "/predict", got null']),
        ({"path": "/a?b=1", "params": {"c": 1}}, ["in one place"]),
        ({"path": "/\ud800"}, ["lone surrogate"]),
        ({"method": "PSOT"}, ['"method"', "one of GET", 'the string "PSOT"']),
        ({"method": 3}, ['"method"', "the number 3"]),
        ({"jsn": {}}, ['the key the string "jsn"', 'Did you mean "json"?']),
        ({"json": {}, "content": ""}, ["one body", '"json" and "content"']),
        ({"content": {"a": 1}}, ['"content"', "an object"]),
        ({"content": {"base64": "%%"}}, ['"content.base64"', "base64.b64encode"]),
        ({"data": "a=1"}, ['"data"', 'belongs in "content"']),
        ({"data": {"a": {"b": 1}}}, ['"data.a"', "an object"]),
        ({"data": {"a": 16**5000}}, ['"data.a"', "a huge integer"]),
        ({"json": 16**5000}, ['"json"', "JSON can write"]),
        ({"json": {1, 2}}, ["a set", "Convert it"]),
        ({"params": 3}, ['"params"', "the number 3"]),
        ({"params": [["a"]]}, ['"params"', "[name, value]"]),
        ({"headers": {"x": 3}}, ['"headers.x"', "the number 3"]),
        ({"headers": {"a b": "c"}}, ['"headers"', "a header name"]),
        ({"headers": {"x": "a\nb"}}, ['"headers.x"', "line breaks"]),
        ({"headers": {"content-length": "7"}}, ["Remove the header"]),
        ({"headers": {"content-type": "x"}, "files": {"f": {"content": ""}}}, ["boundary"]),
        ({"files": ["a.csv"]}, ['"files"', "an object of form fields"]),
        ({"files": {"f": 3}}, ['"files.f"', "a path, or"]),
        ({"files": {"f": "missing.csv"}}, ['"files.f"', "no file at missing.csv"]),
        ({"files": {"f": "."}}, ['"files.f"', "the path of a file"]),
        ({"files": {"f": "a\0b"}}, ['"files.f"']),
        ({"files": {"f": {"filename": "a"}}}, ['one of "content" and "base64", got neither']),
        ({"files": {"f": {"content": "", "base64": ""}}}, ["got both"]),
        ({"files": {"f": {"content": "", "name": "a"}}}, ['"name"', "Did you mean"]),
        ({"files": {"f": {"content": "", "content_type": "a\nb"}}}, ["a media type"]),
        ({"changes": "yes"}, ['"changes"', "true or false", 'the string "yes"']),
        ({"name": 3}, ['"name"', "the number 3"]),
        ({"name": "a\nb"}, ['"name"', "on one line"]),
        ({"name": ""}, ['"name"', "printable"]),
    ],
)
def test_a_fault_of_an_entry_names_entry_and_field(entry: dict[str, Any], parts: list[str]) -> None:
    message = refused_entry(**entry)
    assert message.startswith("requests.json: ")
    for part in parts:
        assert part in message


def test_a_message_names_index_and_name_of_the_entry() -> None:
    entries = [{"method": "GET", "path": "/a"}, {"name": "b", "method": "GET", "path": "b"}]
    assert refusal(entries) == (
        'requests.json: request 1 ("b"), "path": expected a path that starts with one "/", got the '
        'string "b". Give only the path, without scheme and host, e.g. "/predict".'
    )


def test_a_name_given_twice_is_refused_also_when_it_is_an_index() -> None:
    entry = {"method": "GET", "path": "/a"}
    assert "the name of request 0" in refusal([{**entry, "name": "x"}, {**entry, "name": "x"}])
    assert "the name of request 0" in refusal([{**entry, "name": "1"}, entry])


@pytest.mark.parametrize("missing", ["method", "path"])
def test_method_and_path_are_needed(missing: str) -> None:
    entry = {"method": "POST", "path": "/predict"}
    del entry[missing]
    assert f'Add "{missing}"' in refusal([entry])


def test_a_body_that_is_too_deep_or_too_large_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert "levels" in refused_entry(json=deep)
    endless: list[Any] = []
    endless.append(endless)
    assert "levels" in refused_entry(json=endless)
    wide: list[Any] = [0] * 10
    for _ in range(9):
        wide = [wide] * 10
    assert "at most 1,000,000 values" in refused_entry(json=wide)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    for path, part in ((tmp_path / "no.json", "nothing at this path"), (tmp_path, "a directory")):
        with pytest.raises(UsageError, match=part) as caught:
            load(path)
        assert str(path) in str(caught.value)
    with pytest.raises(UsageError, match="null"):
        load(Path("a\0b"))
    path = tmp_path / "r.json"
    assert "byte 0xff at offset 1" in refused_file(path, b"[\xff")
    assert "UTF-8" in refused_file(path, json.dumps(GOOD).encode("utf-16"))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert isinstance(load(path), RequestSet)


def test_broken_json_is_refused_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    assert "at line 2, column 1." in refused_file(path, b'[{"path": "/a",\n]')
    assert "at line 1, column 1." in refused_file(path, b"")
    assert '"path" twice' in refused_file(path, b'[{"path": "/a", "path": "/b"}]')
    assert "less nesting" in refused_file(path, b"[" * 200_000)
    assert "4300 digits" in refused_file(path, b"[" + b"1" * 5000 + b"]")


def test_broken_toml_and_yaml_are_refused_with_the_line(tmp_path: Path) -> None:
    assert "at line 2" in refused_file(tmp_path / "r.toml", b"a = 1\nb =\n")
    assert "Put it in quotes" in refused_file(tmp_path / "r.toml", b"ignore = 2024-01-01\n")
    pytest.importorskip("yaml", reason="pip install pyyaml")
    path = tmp_path / "r.yaml"
    assert "at line 3, column 1." in refused_file(path, b"a: 1\nb: [\n")
    assert "python/object" in refused_file(path, b"!!python/object/apply:os.getcwd []")
    bomb = "a0: &a0 [1, 1]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    assert "at most 1,000,000 values" in refused_file(path, bomb.encode())


def test_yaml_without_pyyaml_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    assert "pip install pyyaml" in refused_file(tmp_path / "r.yaml", b"a: 1")


def test_a_request_keeps_what_it_was_made_from() -> None:
    entry: dict[str, Any] = {"method": "POST", "path": "/predict", "json": {"features": [1]}}
    request = parse([entry], "x").requests[0]
    entry["json"]["features"].append(2)
    assert request.source["json"] == {"features": [1]}
    assert hash(request) == hash(one(json={"features": [1]}))
