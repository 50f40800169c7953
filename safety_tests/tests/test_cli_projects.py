"""Apps laid out as people lay them out, and settings from pyproject.toml."""

import pytest

from safety_tests.tests.cli_apps import RACY, RIGHT, requests
from safety_tests.tests.conftest import Command

PLAIN = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError(scope["type"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["query_string"] * 2})
"""

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


class Memory:
    x = ""


memory = Memory()


def put(x):
    memory.x = x


def given():
    return memory.x


def predict(request):
    put(request.query_params["x"])
    return JSONResponse({"y": given()})


app = Starlette(routes=[Route("/p", predict)])
"""

FACTORY = """
from fastapi import FastAPI


def create_app():
    app = FastAPI()

    @app.get("/p")
    def predict(x: float = 1.0):
        return {"y": x * 2}

    return app
"""

PACKAGE = {
    "shop/__init__.py": "",
    "shop/api/__init__.py": "",
    "shop/api/main.py": """
        from fastapi import FastAPI

        from ..model import weight
        from . import names

        app = FastAPI()

        @app.get(names.PATH)
        def predict(x: float = 1.0):
            return {"y": x * weight}
    """,
    "shop/api/names.py": 'PATH = "/p"\n',
    "shop/model.py": """
        from pathlib import Path

        weight = float(Path("data/weight.txt").read_text())
    """,
    "data/weight.txt": "2.5\n",
}

PROXY = """
from contextvars import ContextVar

current = ContextVar("current")


class Proxy:
    @property
    def __class__(self):
        return type(current.get())

    def __getattr__(self, name):
        return getattr(current.get(), name)


class Request:
    def __init__(self, scope):
        self.query = scope["query_string"]


request = Proxy()


async def app(scope, receive, send):
    current.set(Request(scope))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": request.query * 2})
"""

QUICK = ("--preemptions", "1")


def test_requests_are_drawn_from_openapi_and_named(command: Command) -> None:
    command.write({"app.py": RACY})
    done = command("check", "app:app")
    assert done.returncode == 1
    assert "drawn from the OpenAPI schema: GET /p #1: GET /p" in " ".join(done.stdout.split())


def test_a_factory(command: Command) -> None:
    command.write({"app.py": FACTORY})
    assert command("check", "app:create_app", *QUICK).returncode == 0


def test_a_plain_asgi_app(command: Command) -> None:
    command.write({"app.py": PLAIN, "r.json": requests("/?a", "/?b")})
    assert command("check", "app:app", "--requests", "r.json", *QUICK).returncode == 0


def test_an_app_whose_module_holds_a_proxy_for_the_request(command: Command) -> None:
    command.write({"app.py": PROXY, "r.json": requests("/?a", "/?b")})
    done = command("check", "app:app", "--requests", "r.json", *QUICK)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_starlette_app(command: Command) -> None:
    command.write({"app.py": STARLETTE, "r.json": requests("/p?x=a", "/p?x=b")})
    code, report = command.json("check", "app:app", "--requests", "r.json", "--select", "S001")
    assert code == 1
    assert report["findings"][0]["expected"] != report["findings"][0]["got"]


def test_a_package_with_relative_imports_and_a_data_file_beside_it(command: Command) -> None:
    command.write(PACKAGE)
    done = command("check", "shop.api.main:app", *QUICK)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_app_dir_names_where_the_app_is_imported_from(command: Command) -> None:
    command.write({f"src/{name}": text for name, text in PACKAGE.items() if "shop" in name})
    command.write({"data/weight.txt": "2.5\n"})
    message = command.refused("check", "shop.api.main:app")
    assert "--app-dir" in message
    done = command("check", "shop.api.main:app", "--app-dir", "src", *QUICK)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_of_a_src_folder_are_named_relative_to_it(command: Command) -> None:
    command.write({"src/app.py": RACY, "r.json": requests("/p?x=1", "/p?x=2")})
    code, report = command.json("check", "app:app", "--app-dir", "src", "--requests", "r.json")
    assert code == 1
    assert {line["file"] for line in report["findings"][0]["interleaving"]} == {"app.py"}


PROJECT = """
    [tool.safety-tests]
    app = "app:app"
    app-dir = "src"
    requests = "r.json"
    preemptions = 1
    select = "S001,S002"
"""


def test_the_project_table_gives_app_and_settings(command: Command) -> None:
    command.write({"pyproject.toml": PROJECT, "src/app.py": RIGHT, "r.json": requests("/p?x=1")})
    code, report = command.json("check")
    assert code == 0
    assert report["target"] == "app:app"
    assert [(check["code"], check["preemptions"]) for check in report["checks"]] == [
        ("S001", 1),
        ("S002", 0),
    ]


def test_flags_win_over_the_project_table(command: Command) -> None:
    command.write(
        {
            "pyproject.toml": PROJECT,
            "other/app.py": RACY,
            "s.json": requests("/p?x=1", "/p?x=2"),
        }
    )
    code, report = command.json(
        "check", "--app-dir", "other", "--requests", "s.json", "--select", "S001"
    )
    assert code == 1, report
    assert [check["code"] for check in report["checks"]] == ["S001"]


def test_the_project_table_of_a_folder_above_holds_below(command: Command) -> None:
    command.write({"pyproject.toml": PROJECT, "src/app.py": RIGHT, "r.json": requests("/p?x=1")})
    command.write({"notes/empty.txt": ""})
    command.folder /= "notes"
    code, report = command.json("check")
    assert code == 0
    assert [check["code"] for check in report["checks"]] == ["S001", "S002"]


def test_requests_may_stand_in_the_project_table_itself(command: Command) -> None:
    command.write(
        {
            "app.py": RIGHT,
            "pyproject.toml": """
                [tool.safety-tests]
                app = "app:app"
                select = "S002"

                [[tool.safety-tests.requests]]
                name = "one"
                method = "GET"
                path = "/p"
                params = {x = 1}
            """,
        }
    )
    code, report = command.json("check")
    assert code == 0
    assert [check["schedules"] for check in report["checks"]] == [5]


def test_unproven_may_be_allowed_in_the_project_table(command: Command) -> None:
    command.write(
        {
            "app.py": RIGHT,
            "pyproject.toml": "[tool.safety-tests]\nallow-unproven = true\nbudget = 0.001\n",
        }
    )
    assert command("check", "app:app").returncode == 0


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_requests_file_in_another_format(suffix: str, command: Command) -> None:
    text = '[[requests]]\nname = "one"\nmethod = "GET"\npath = "/p"\n'
    given = text if suffix == "toml" else requests("/p")
    command.write({"app.py": RIGHT, f"r.{suffix}": given})
    done = command("check", "app:app", "--requests", f"r.{suffix}", "--select", "S002")
    assert done.returncode == 0
