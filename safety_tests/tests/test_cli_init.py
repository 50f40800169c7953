"""safety-tests init: after it, `safety-tests check` needs no arguments."""

import json
import tomllib
from typing import Any

import pytest

from safety_tests.requests import load
from safety_tests.tests.cli_apps import RIGHT, requests
from safety_tests.tests.conftest import Command
from safety_tests.tests.plugin import apps

TWO_ROUTES = """
import json

PATHS = {"/double": {"get": {"parameters": [
    {"name": "x", "in": "query", "required": True, "schema": {"type": "integer"}}]}},
    "/broken": {"get": {}}}


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError(scope["type"])
    if scope["path"] == "/openapi.json":
        status, body = 200, json.dumps({"openapi": "3.1.0", "paths": PATHS}).encode()
    elif scope["path"] == "/double":
        status, body = 200, scope["query_string"] * 2
    else:
        status, body = 500, b""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class App:
    def openapi(self):
        return {"openapi": "3.1.0", "paths": PATHS}

    async def __call__(self, scope, receive, send):
        await app(scope, receive, send)


described = App()
"""

OTHERS = """# the project's own settings
[project]
name = "iris"   # kept
[tool.ruff]
line-length = 88"""


def settings(command: Command) -> dict[str, Any]:
    text = (command.folder / "pyproject.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["tool"]["safety-tests"])


def test_after_init_the_check_needs_no_arguments(command: Command) -> None:
    command.write({"app.py": TWO_ROUTES})
    done = command("init", "app:described")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "next: safety-tests check"
    assert "left out: GET /broken (status 500" in done.stdout
    assert settings(command) == {"app": "app:described", "requests": "requests.json"}
    drawn = load(command.folder / "requests.json")
    assert {request.path for request in drawn.requests} == {"/double"}
    with (command.folder / "pyproject.toml").open("a") as file:
        file.write('select = "S002"\n')
    code, report = command.json("check")
    assert (code, report["target"]) == (0, "app:described")
    assert not any("drawn" in note for note in report["notes"])


def test_a_second_time_changes_nothing(command: Command) -> None:
    command.write({"app.py": TWO_ROUTES})
    command("init", "app:described")
    before = {path.name: path.read_bytes() for path in command.folder.glob("*.*")}
    again = command("init", "app:described")
    assert again.returncode == 0
    assert "kept as it is" in again.stdout
    assert "pyproject.toml has these settings already" in again.stdout
    assert {path.name: path.read_bytes() for path in command.folder.glob("*.*")} == before


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["open", "closed"])
def test_the_rest_of_pyproject_stays_as_it_is(newline: str, end: str, command: Command) -> None:
    before = (OTHERS + end).replace("\n", newline).encode()
    command.write({"app.py": apps.RIGHT, "requests.json": apps.REQUESTS})
    (command.folder / "pyproject.toml").write_bytes(before)
    assert command("init", "app:app").returncode == 0
    after = (command.folder / "pyproject.toml").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(newline.encode())
    assert settings(command) == {"app": "app:app", "requests": "requests.json"}


def test_paths_are_written_from_the_folder_of_pyproject(command: Command) -> None:
    command.write({"pyproject.toml": OTHERS, "api/src/app.py": RIGHT})
    root, command.folder = command.folder, command.folder / "api"
    assert command("init", "app:app", "--app-dir", "src", "--requests", "r.json").returncode == 0
    command.folder = root
    assert settings(command) == {"app": "app:app", "app-dir": "api/src", "requests": "api/r.json"}
    code, _ = command.json("check", "--select", "S002")
    assert code == 0


@pytest.mark.parametrize(
    ("pyproject", "said"),
    [
        ('[tool.safety-tests]\napp = "app:old"\nrequests = "requests.json"\n', 'app = "app:old"'),
        ('[tool.safety-tests]\napp = "app:app"\n', "no requests"),
        ("tool = {ruff = {}}\n", 'write it there yourself, with app = "app:app"'),
        ("tool =\n", "cannot be read"),
    ],
    ids=["other-app", "no-requests", "inline", "broken"],
)
def test_a_pyproject_that_says_otherwise_is_refused_and_kept(
    pyproject: str, said: str, command: Command
) -> None:
    command.write({"app.py": apps.RIGHT, "pyproject.toml": pyproject})
    assert said in command.refused("init", "app:app")
    assert (command.folder / "pyproject.toml").read_text("utf-8") == pyproject
    assert not (command.folder / "requests.json").exists()


@pytest.mark.parametrize(
    ("app", "files", "said"),
    [
        ("app:app", {}, "no OpenAPI schema"),
        ("app:nope", {}, "no attribute 'nope'"),
        ("app.py", {}, "module:attribute"),
        ("app:app", {"requests.json": "[1]"}, "requests.json"),
    ],
    ids=["no-schema", "no-app", "no-name", "other-file"],
)
def test_where_nothing_can_be_written_nothing_is(
    app: str, files: dict[str, str], said: str, command: Command
) -> None:
    command.write({"app.py": apps.RIGHT, **files})
    assert said in command.refused("init", app)
    assert not (command.folder / "pyproject.toml").exists()


def test_requests_that_are_there_are_kept(command: Command) -> None:
    mine = requests("/?mine")
    command.write({"app.py": apps.RIGHT, "requests.json": mine})
    done = command("init", "app:app")
    assert "requests.json is kept as it is: 1 request" in done.stdout
    assert json.loads((command.folder / "requests.json").read_text("utf-8")) == json.loads(mine)
