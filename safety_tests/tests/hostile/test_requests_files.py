"""Requests files that are none: one message with the file and the fault, and no app is started."""

# ruff: noqa: E501 (one case, one line)

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safety_tests.tests.hostile.conftest import Hostile

ENTRY = {"name": "a", "method": "POST", "path": "/p", "json": {"x": [1, 2.5, "é", None]}}
TOML = '[[requests]]\nname = "a"\nmethod = "POST"\npath = "/p"\njson = { x = [1, 2.5] }\n'
YAML = "requests:\n  - name: a\n    method: POST\n    path: /p\n    json: {x: [1, 2.5]}\n"


def refused(hostile: Hostile, file: str, *said: str) -> None:
    code, message = hostile("check", "app:app", "--requests", file)
    assert code == 2
    assert file.rpartition("/")[2] in message
    assert all(part in message for part in said), message


def of(**changed: Any) -> bytes:
    """A requests file of one request with these fields changed."""
    return json.dumps([ENTRY | changed]).encode()


@pytest.mark.parametrize("seed", range(25))
def test_random_bytes_are_refused(seed: int, hostile: Hostile) -> None:
    chance = random.Random(seed)
    suffix = chance.choice(["json", "toml", "yaml", "txt"])
    # A byte that no text begins with, since a few random letters may well be YAML.
    hostile.write({f"r.{suffix}": b"\xff" + chance.randbytes(chance.randrange(2_000))})
    refused(hostile, f"r.{suffix}", "expected UTF-8 text", "Save the file as UTF-8")


@pytest.mark.parametrize("seed", range(15))
def test_truncated_json_is_refused(seed: int, hostile: Hostile) -> None:
    whole = of()
    hostile.write({"r.json": whole[: random.Random(seed).randrange(len(whole) - 1)]})
    refused(hostile, "r.json", "expected")


@pytest.mark.parametrize(("suffix", "text"), [("toml", TOML), ("yaml", YAML)], ids=["toml", "yaml"])
@pytest.mark.parametrize("seed", range(8))
def test_toml_and_yaml_cut_inside_their_path_are_refused(
    seed: int, suffix: str, text: str, hostile: Hostile
) -> None:
    if suffix == "yaml":
        pytest.importorskip("yaml", reason="pip install pyyaml")
    end = random.Random(seed).randrange(text.index("path"))
    hostile.write({f"r.{suffix}": text[:end]})
    refused(hostile, f"r.{suffix}", "expected")


CONTENTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "valid JSON"),
    "white space": (b" \n\t", "valid JSON"),
    "a number": (b"7", "a list of requests"),
    "NaN alone": (b"NaN", "a list of requests"),
    "null": (b"null", "a list of requests"),
    "a string": (b'"GET /"', "a list of requests"),
    "nested lists": (b"[" * 100_000, "less nesting"),
    "nested objects": (b'{"a":' * 100_000, "less nesting"),
    "closed nesting": (b'[{"method":"POST","path":"/p","json":' + b"[" * 500 + b"]" * 500 + b"}]", "200 levels"),
    "a huge integer": (b"9" * 10_000, "digits"),
    "a key twice": (b'{"requests": [], "requests": []}', '"requests" twice'),
    "two documents": (of() + of(), "Extra data"),
    "a comment": (b"// hi\n" + of(), "valid JSON"),
    "single quotes": (b"[{'method': 'GET'}]", "valid JSON"),
    "a NUL": (b"\0", "valid JSON"),
    "UTF-16": ("[]".encode("utf-16"), "UTF-8 text"),
    "an empty list": (b"[]", "at least one request"),
    "a list of lists": (b"[[]]", "an object with method and path"),
    "a list of numbers": (b"[1]", "an object with method and path"),
    "one request": (json.dumps(ENTRY).encode(), "Put brackets around it"),
    "an unknown key": (b'{"requets": []}', 'Did you mean "requests"'),
    "requests as an object": (b'{"requests": {}}', "at least one request"),
    "ignore as a string": (b'{"requests": [{"method":"GET","path":"/"}], "ignore": "$.a"}', "a list of fields"),
    "ignore without a dollar": (b'{"requests": [{"method":"GET","path":"/"}], "ignore": ["a"]}', 'start with "$"'),
    "a list in unique": (b'{"requests": [{"method":"GET","path":"/"}], "unique": [[]]}', 'start with "$"'),
}  # fmt: skip

FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "a name that is a number": ({"name": 1}, "a name of printable characters"),
    "a name that is empty": ({"name": " "}, "a name of printable characters"),
    "a name of two lines": ({"name": "a\nb"}, "a name of printable characters"),
    "a name that is a lone surrogate": ({"name": "\ud800"}, "a name of printable characters"),
    "a name with an escape": ({"name": "\x1b[31m"}, "a name of printable characters"),
    "a method that is a list": ({"method": []}, "one of GET"),
    "a method that is none": ({"method": "PREDICT"}, "one of GET"),
    "a method with a space": ({"method": "GET "}, "one of GET"),
    "a path that is null": ({"path": None}, "a path such as"),
    "a path that is an address": ({"path": "http://a/b"}, 'starts with one "/"'),
    "a path without a slash": ({"path": "p"}, 'starts with one "/"'),
    "a path with two slashes": ({"path": "//p"}, 'starts with one "/"'),
    "a path with a fragment": ({"path": "/p#a"}, "without fragment"),
    "a path with a NUL": ({"path": "/p\0"}, "control characters"),
    "a path with a line break": ({"path": "/p\r\nx: y"}, "control characters"),
    "a path with a lone surrogate": ({"path": "/\udfff"}, "lone surrogate"),
    "two queries": ({"path": "/p?a=1", "params": {"b": 2}}, "the query in one place"),
    "params that are a number": ({"params": 3}, '"params"'),
    "params of objects": ({"params": {"a": {}}}, '"params.a"'),
    "params that are no pairs": ({"params": [["a"]]}, "Use pairs"),
    "headers that are a string": ({"headers": "a: b"}, '"headers"'),
    "a header with a line break": ({"headers": {"a": "b\r\nc: d"}}, "line breaks"),
    "a header name with a space": ({"headers": {"a b": "c"}}, "a header name"),
    "a header that is a number": ({"headers": {"a": 1}}, '"headers.a"'),
    "a wrong length": ({"headers": {"content-length": "99999999999"}}, "content-length"),
    "two bodies": ({"content": "x"}, "one body"),
    "changes that is a string": ({"changes": "yes"}, "true or false"),
    "changes that is a number": ({"changes": 1}, "true or false"),
    "a misspelt key": ({"jsn": 1}, 'Did you mean "json"'),
    "a key of a thousand letters": ({"k" * 1000: 1}, "Remove it or correct its name"),
}

WITHOUT_JSON: dict[str, tuple[dict[str, Any], str]] = {
    "content that is a number": ({"content": 5}, '"content"'),
    "content that is no base64": ({"content": {"base64": "?"}}, "base64"),
    "data that is a string": ({"data": "a=b"}, 'belongs in "content"'),
    "data of objects": ({"data": {"a": {"b": 1}}}, '"data.a"'),
    "files that are a list": ({"files": ["a"]}, '"files"'),
    "a file that is not there": ({"files": {"f": "nowhere.csv"}}, "nowhere.csv"),
    "a file that is a folder": ({"files": {"f": "."}}, "no file"),
    "a file that never ends": ({"files": {"f": "/dev/zero"}}, "no file"),
    "a file name with a NUL": ({"files": {"f": "a\0b"}}, "files.f"),
    "a file name that is too long": ({"files": {"f": "a" * 5000}}, "files.f"),
    "a file without content": ({"files": {"f": {"filename": "a"}}}, "exactly one"),
    "a media type with a line break": ({"files": {"f": {"content": "", "content_type": "a\nb"}}}, "a media type"),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTENTS)
def test_a_file_that_holds_no_requests_is_refused(case: str, hostile: Hostile) -> None:
    content, said = CONTENTS[case]
    hostile.write({"r.json": content})
    refused(hostile, "r.json", said)


@pytest.mark.parametrize("case", FIELDS)
def test_a_field_that_makes_no_sense_is_refused(case: str, hostile: Hostile) -> None:
    changed, said = FIELDS[case]
    hostile.write({"r.json": of(**changed)})
    refused(hostile, "r.json", "request 0", said)


@pytest.mark.parametrize("case", WITHOUT_JSON)
def test_a_body_that_makes_no_sense_is_refused(case: str, hostile: Hostile) -> None:
    changed, said = WITHOUT_JSON[case]
    hostile.write({"r.json": json.dumps([{"method": "POST", "path": "/p", **changed}])})
    refused(hostile, "r.json", "request 0", said)


def test_two_requests_of_one_name_are_refused(hostile: Hostile) -> None:
    hostile.write({"r.json": json.dumps([ENTRY, ENTRY])})
    refused(hostile, "r.json", "the name of request 0", "Rename one of the two")


OTHERS: dict[str, tuple[str, str, str]] = {
    "TOML with a date": ("r.toml", TOML + "extra = 2020-01-01\n", "Put it in quotes"),
    "TOML of one letter": ("r.toml", "x", "valid TOML"),
    "TOML with a key twice": ("r.toml", "a = 1\na = 2\n", "valid TOML"),
    "TOML nested deep": ("r.toml", "a = " + "[" * 50_000, "less nesting"),
    "TOML with a huge number": ("r.toml", "a = " + "9" * 10_000, "valid values"),
    "YAML with a tab": ("r.yaml", "a:\n\t- b", "valid YAML"),
    "YAML that makes objects": ("r.yaml", "!!python/object/apply:os.abort []", "valid YAML"),
    "YAML that doubles itself": (
        "r.yaml",
        "a: &a [x, x]\n" + "".join(f"{new}: &{new} [{f'*{old}, ' * 9}*{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)),
        "at most 1,000,000 values",
    ),
    "YAML that holds itself": ("r.yaml", "&a [*a]", "levels"),
    "YAML of two documents": ("r.yaml", "a: 1\n---\nb: 2\n", "valid YAML"),
    "YAML with numbers as keys": ("r.yaml", "1: 2\n", "keys that are strings"),
    "YAML with bytes": ("r.yaml", "a: !!binary AAEC\n", "Convert it"),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_toml_and_yaml_with_a_trap_are_refused(case: str, hostile: Hostile) -> None:
    file, text, said = OTHERS[case]
    if file == "r.yaml":
        pytest.importorskip("yaml", reason="pip install pyyaml")
    hostile.write({file: text})
    refused(hostile, file, said)


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _broken_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def _unreadable(path: Path) -> None:
    path.write_bytes(of())
    path.chmod(0)


PATHS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder": (Path.mkdir, "a directory"),
    "a pipe": (os.mkfifo, "not a file"),
    "a link to itself": (_loop, "symbolic links"),
    "a link to nothing": (_broken_link, "nothing at this path"),
    "an endless device": (lambda path: path.symlink_to("/dev/zero"), "not a file"),
    "an empty device": (lambda path: path.symlink_to("/dev/null"), "not a file"),
}


@pytest.mark.parametrize("case", PATHS)
def test_a_path_that_leads_to_no_file_is_refused(case: str, hostile: Hostile) -> None:
    make, said = PATHS[case]
    make(hostile.folder / "r.json")
    refused(hostile, "r.json", said)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_refused(hostile: Hostile) -> None:
    _unreadable(hostile.folder / "r.json")
    refused(hostile, "r.json", "Permission denied")


@pytest.mark.parametrize(
    ("file", "said"),
    [("a\0b", "embedded null"), ("x" * 5000, "Check the path"), ("\udc80.json", "nothing at this path"),
     ("r.json/r.json", "Not a directory"), ("", "a directory")],
    ids=["NUL", "long", "surrogate", "inside a file", "empty"],
)  # fmt: skip
def test_a_name_that_no_file_has_is_refused(file: str, said: str, hostile: Hostile) -> None:
    hostile.write({"r.json": of()})
    code, message = hostile("check", "app:app", "--requests", file)
    assert code == 2
    assert said in message
