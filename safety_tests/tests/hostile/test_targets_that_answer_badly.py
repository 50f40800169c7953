"""Apps that do not keep to ASGI, and modules that are no apps: what was sent or found is named."""

# ruff: noqa: E501 (one case, one line)

import pytest

from safety_tests.tests.hostile.conftest import FLAGS, PROJECT, REQUESTS, Hostile
from safety_tests.tests.hostile.targets import at_import, in_request

START = 'await send({"type": "http.response.start", "status": 200})\n'
BODY = 'await send({"type": "http.response.body", "body": b"x"})\n'

ANSWERS = {
    "a status of text": ('await reply(send, status="200")', "a number like 200, got '200'"),
    "no status": ("await reply(send, status=None)", "a number like 200, got None"),
    "a status that is true": ("await reply(send, status=True)", "a number like 200, got True"),
    "a status of 10**30": ("await reply(send, status=10**30)", "a number like 200"),
    "headers of text": (
        'await reply(send, headers=[("a", "b")])',
        "headers must be bytes, got 'a'",
    ),
    "a header of three": (
        "await reply(send, headers=[(b'a', b'b', b'c')])",
        "headers must be pairs",
    ),
    "a body of text": ('await reply(send, "text")', "must be bytes, got 'text'"),
    "a body of 10**12": ("await reply(send, 10**12)", "must be bytes, got 1000000000000"),
    "a body before its start": (BODY, "the app sent 'http.response.body'"),
    "two starts": (START + START, "the app sent 'http.response.start'"),
    "two answers": ("await reply(send)\nawait reply(send)", "after the answer was complete"),
    "nothing": ("return", "returned without answering"),
    "half an answer": (START + "return", "before its answer was complete"),
    "a message of no type": ("await send({})", "the app sent None"),
    "a message of None": ("await send(None)", "the app sent None"),
    "a websocket": ('await send({"type": "websocket.accept"})', "the app sent 'websocket.accept'"),
    "a stream without end": (
        START
        + "while True: await send({'type': 'http.response.body', 'body': bytes(1 << 24), 'more_body': True})",
        "longer than 64 MiB",
    ),
    "its own cancellation": (
        "asyncio.current_task().cancel()\nawait asyncio.sleep(0)",
        "cancelled",
    ),
    "a closed loop": ("asyncio.get_running_loop().close()", "Cannot close a running event loop"),
    "a loop of its own": (
        "loop = asyncio.get_running_loop()\nloop.run_until_complete(loop.create_future())",
        "already running",
    ),
    "an error of ten thousand words": (
        "await reply(send, b'sorry ' * 10_000, 500)",
        "status 500: sorry sorry",
    ),
}

ENDLESS = {
    "never": "await asyncio.get_running_loop().create_future()",
    "waits for more": "await receive(); await receive()",
    "streams nothing": START
    + "while True: await send({'type': 'http.response.body', 'more_body': True})",
}

APP = at_import("").encode()
MODULES: dict[str, tuple[str, bytes, str, str]] = {
    "an empty file": ("app.py", b"", "app:app", "has no attribute 'app'"),
    "no UTF-8": ("app.py", b"x = '\xff\xfe'\n", "app:app", "SyntaxError"),
    "all bytes": ("app.py", bytes(range(256)), "app:app", "SyntaxError"),
    "an unknown encoding": ("app.py", b"# coding: nonsense\n", "app:app", "unknown encoding"),
    "too many brackets": ("app.py", b"x = " + b"(" * 500, "app:app", "SyntaxError"),
    "a folder": ("app/x.txt", b"", "app:app", "module app (a folder)"),
    "a file called pickle": ("pickle.py", APP, "pickle:app", "module pickle (from "),
    "a file called random": ("random.py", APP, "random:app", "module random (from "),
    "a file called sys": ("sys.py", APP, "sys:app", "module sys (a part of Python)"),
    "a text": ("app.py", b"app = 'app'", "app:app", "got str"),
    "a class": ("app.py", b"class app: pass", "app:app", "no ASGI app"),
    "a WSGI app": ("app.py", b"def app(environ, start_response): ...", "app:app", "got function"),
    "a factory of factories": ("app.py", b"def app(): return app", "app:app", "no ASGI app"),
    "attributes that raise": (
        "app.py",
        b"def __getattr__(name): raise KeyError(name)",
        "app:app",
        "looking up app:app failed",
    ),
    "itself": ("app.py", b"import app\n", "app:app", "got module"),
}


def check(
    hostile: Hostile, files: dict[str, str | bytes], target: str = "app:app"
) -> tuple[int, str]:
    hostile.write({**files, "r.json": REQUESTS, "pyproject.toml": PROJECT})
    return hostile("check", target, "--select", "S001,S005", *FLAGS)


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_that_no_server_would_send_is_named(case: str, hostile: Hostile) -> None:
    code, said = ANSWERS[case]
    status, message = check(hostile, {"app.py": in_request(code + "\nreturn")})
    assert status == 2
    assert "the app answers none of the requests" in message
    assert said in message


@pytest.mark.parametrize("case", ENDLESS)
def test_a_request_that_is_never_answered_breaks_progress(case: str, hostile: Hostile) -> None:
    status, report = check(hostile, {"app.py": in_request(ENDLESS[case], "a")})
    assert status == 1
    assert "No interleaving hangs or deadlocks" in report


@pytest.mark.parametrize("case", MODULES)
def test_a_module_that_holds_no_app_is_refused(case: str, hostile: Hostile) -> None:
    file, source, target, said = MODULES[case]
    status, message = check(hostile, {file: source}, target)
    assert status == 2
    assert said in message


@pytest.mark.parametrize("name", ["class", "json", "naïve"])
def test_an_app_of_an_odd_name_is_checked(name: str, hostile: Hostile) -> None:
    status, report = check(hostile, {f"{name}.py": APP}, f"{name}:app")
    assert status == 0, report
    assert f"{name}:app" in report
