"""What cannot be checked ends with 2 and one message that says what to do."""

from collections.abc import Mapping

import pytest

from safety_tests.tests.cli_apps import RIGHT, requests
from safety_tests.tests.conftest import Command

FACTORY = """
from fastapi import FastAPI


def create(size: int):
    return FastAPI()


def breaks():
    return {}["model"]


def gives_a_number():
    return 7


app = 7
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "module:attribute"),
        (("app.py",), "file"),
        (("app",), "module:attribute"),
        (("app:",), "module:attribute"),
        ((":app",), "module:attribute"),
        (("nope:app",), "no module named 'nope'"),
        (("app.nope:app",), "no module named 'app.nope'"),
        (("app:nope",), "app"),
        (("factory:app",), "int"),
        (("factory:create",), "factory without arguments"),
        (("factory:breaks",), "factory.py:9: KeyError"),
        (("factory:gives_a_number",), "no ASGI app"),
        (("needs:app",), "no_such_library"),
        (("syntax:app",), "syntax.py:1"),
        (("raises:app",), "raises.py:1: RuntimeError: no model at /models"),
        (("leaves:app",), "leaves"),
        (("app:app", "--app-dir", "nowhere"), "'nowhere'"),
        (("app:app", "--select", "S001,X9"), "'X9'"),
        (("app:app", "--ignore", "S1"), "'S1'"),
        (("app:app", "--budget", "0"), "--budget must be more than 0 seconds"),
        (("app:app", "--budget", "nan"), "--budget"),
        (("app:app", "--timeout", "-1"), "--timeout must be more than 0 seconds"),
        (("app:app", "--tasks", "0"), "--tasks must be at least 1"),
        (("app:app", "--preemptions", "-1"), "--preemptions must be at least 0"),
        (("app:app", "--requests", "nowhere.json"), "nowhere.json"),
        (("app:app", "--requests", "app.py"), "app.py"),
        (("app:app", "--requests", "."), "directory"),
    ],
)
def test_an_app_or_a_flag_that_is_none(
    arguments: tuple[str, ...], said: str, command: Command
) -> None:
    command.write(
        {
            "app.py": RIGHT,
            "factory.py": FACTORY.lstrip(),
            "needs.py": "import no_such_library\n",
            "syntax.py": "def (:\n",
            "raises.py": "raise RuntimeError('no model at /models')\n",
            "leaves.py": "import sys\nsys.exit('bye')\n",
        }
    )
    assert said in command.refused("check", *arguments)


@pytest.mark.parametrize("flags", [("--budget", "soon"), ("--preemptions", "1.5"), ("--no-such",)])
def test_flags_that_cannot_be_read(flags: tuple[str, ...], command: Command) -> None:
    command.write({"app.py": RIGHT})
    done = command("check", "app:app", *flags)
    assert done.returncode == 2
    assert flags[0] in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "valid JSON"),
        ("", "valid JSON"),
        ("[]", "request"),
        ('{"requests": []}', "request"),
        ('{"requests": [{"path": "/p"}]}', '"method"'),
        ('{"requests": [{"method": "GET", "pth": "/p"}]}', '"pth"'),
        ('{"requets": []}', '"requets"'),
        ('{"requests": [{"method": "GET", "path": "p"}]}', '"path"'),
        ('{"requests": 3}', "requests"),
        ("null", "requests"),
    ],
)
def test_a_requests_file_that_is_broken(text: str, said: str, command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": text})
    message = command.refused("check", "app:app", "--requests", "r.json")
    assert "r.json" in message
    assert said in message


REFUSING = """
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/busy")
def busy():
    raise HTTPException(503, "warming up")


@app.get("/broken")
def broken():
    return {}["model"]


@app.get("/number")
def number(x: int):
    return x
"""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/number?x=seven", "422"),
        ("/busy", "503"),
        ("/broken", "KeyError"),
    ],
)
def test_requests_that_are_all_refused(path: str, said: str, command: Command) -> None:
    command.write({"app.py": REFUSING, "r.json": requests(path)})
    message = command.refused("check", "app:app", "--requests", "r.json")
    assert "none of the requests" in message
    assert said in message


def test_a_path_that_does_not_exist_beside_one_that_does_is_named(command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": requests("/p?x=1", "/nowhere")})
    message = command.refused("check", "app:app", "--requests", "r.json", "--preemptions", "1")
    assert "the app has no GET /nowhere" in message


PLAIN = """
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
"""


def test_an_app_without_a_schema_needs_a_requests_file(command: Command) -> None:
    command.write({"app.py": PLAIN})
    assert "--requests" in command.refused("check", "app:app")


LIFESPAN = """
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    open("model.pkl")
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/p")
def predict(x: float = 1.0):
    return x
"""


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (LIFESPAN, "model.pkl"),
        (LIFESPAN.replace('open("model.pkl")', "import os; os._exit(7)"), "7"),
        ("import os\nos._exit(7)\n", "7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "11"),
    ],
    ids=["start-up fails", "start-up ends", "import ends", "import crashes"],
)
def test_an_app_that_does_not_start(app: str, said: str, command: Command) -> None:
    command.write({"app.py": app, "r.json": requests("/p")})
    assert said in command.refused("check", "app:app", "--requests", "r.json")


PROJECTS: dict[str, tuple[Mapping[str, str], str]] = {
    "unknown key": ({"pyproject.toml": "[tool.safety-tests]\nbudgt = 3\n"}, "'budgt'"),
    "wrong type": ({"pyproject.toml": '[tool.safety-tests]\nbudget = "3"\n'}, "budget"),
    "a number for a flag": ({"pyproject.toml": "[tool.safety-tests]\nseed = true\n"}, "seed"),
    "no table": ({"pyproject.toml": "[tool]\nsafety-tests = 3\n"}, "table"),
    "no TOML": ({"pyproject.toml": "[tool\n"}, "pyproject.toml"),
    "no sense": ({"pyproject.toml": "[tool.safety-tests]\ntasks = 0\n"}, "tasks"),
    "a code": ({"pyproject.toml": '[tool.safety-tests]\nselect = "S99"\n'}, "'S99'"),
}


@pytest.mark.parametrize("project", PROJECTS)
def test_a_project_table_that_is_wrong(project: str, command: Command) -> None:
    files, said = PROJECTS[project]
    command.write({"app.py": RIGHT, **files})
    assert said in command.refused("check", "app:app")
