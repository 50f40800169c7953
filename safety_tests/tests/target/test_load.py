"""Every way in which an app cannot be had ends in one clear sentence."""

import pytest

from safety_tests.errors import UsageError
from safety_tests.tests.target.conftest import Start

GOOD = """
async def app(scope, receive, send): ...
class Plain: ...
number = 5
plain = Plain()
def create(): return app
def needs(one): return app
def rubbish(): return 5
def nothing(): pass
def failing():
    raise RuntimeError("no weights")
def leaving():
    raise SystemExit(3)
async def coroutine(): return app
"""

FAULTS = {
    "a missing module": ("", "missing:app", ["no module named 'missing'", "--app-dir"]),
    "a missing package": ("", "missing.deep:app", ["no module named 'missing'"]),
    "a missing part of a package": ("", "app.deep:app", ["app.deep"]),
    "a missing attribute": (
        GOOD, "app:application", ["no attribute 'application'", "ASGI apps there: app"],
    ),
    "a missing attribute of an attribute": (GOOD, "app:plain.app", ["no attribute 'plain.app'"]),
    "a missing attribute without apps": ("x = 1", "app:app", ["no attribute 'app'", "is missing"]),
    "an exception at import": (
        "\nx = 1\nraise RuntimeError('no weights\\nsecond line')", "app:app",
        ["importing app failed at app.py:3: RuntimeError: no weights"],
    ),
    "an exception without a message": ("assert False", "app:app", ["app.py:1: AssertionError"]),
    "a missing dependency": (
        "import not_there_at_all", "app:app", ["app failed at app.py:1", "not_there_at_all"],
    ),
    "a name that is not there": (
        "from json import lods", "app:app", ["app.py:1: ImportError", "lods"],
    ),
    "a syntax error": ("x = 1\ndef app(:\n", "app:app", ["at app.py:2: SyntaxError"]),
    "an end of the process": ("import sys\nsys.exit(4)", "app:app", ["app.py:2: SystemExit: 4"]),
    "a sudden end of the process": (
        "import os\nos._exit(3)", "app:app", ["ended the process (exit status 3)", "imported"],
    ),
    "an end by a signal": (
        "import os\nos.kill(os.getpid(), 9)", "app:app", ["ended the process (signal 9)"],
    ),
    "a number": (GOOD, "app:number", ["to be an ASGI app or a factory", "got int"]),
    "an object": (GOOD, "app:plain", ["got Plain"]),
    "a factory with arguments": (GOOD, "app:needs", ["factory without arguments", "got function"]),
    "a factory of rubbish": (GOOD, "app:rubbish", ["returns (int) is no ASGI app"]),
    "a factory of nothing": (GOOD, "app:nothing", ["returns (NoneType) is no ASGI app"]),
    "a factory that fails": (
        GOOD, "app:failing", ["factory app:failing failed at app.py:11: RuntimeError: no weights"],
    ),
    "a factory that leaves": (GOOD, "app:leaving", ["failed at app.py:13: SystemExit: 3"]),
    "a class": (GOOD, "app:Plain", ["app:Plain"]),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_one_line(start: Start, fault: str) -> None:
    source, target, parts = FAULTS[fault]
    process = start(source, target)
    with pytest.raises(UsageError) as caught:
        process.wait_until_ready()
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize("target", ["app:app", "app:create", "app:holder.app", "app:instance"])
def test_apps_and_factories_are_taken(start: Start, target: str) -> None:
    process = start(
        GOOD
        + """
class Holder: ...
holder = Holder()
holder.app = app
class Service:
    async def __call__(self, scope, receive, send): ...
instance = Service()
""",
        target,
    )
    process.wait_until_ready()
    assert process.stage == "started"


def test_an_app_in_a_package_is_imported(start: Start) -> None:
    process = start(GOOD, "pkg.deep.main:app", "pkg/deep/main.py")
    process.wait_until_ready()
    assert process.stage == "started"


LIFESPAN = """
async def app(scope, receive, send):
    assert scope["type"] == "lifespan", "only the lifespan is served"
    await receive()
    {then}
"""


@pytest.mark.parametrize(
    ("then", "part"),
    [
        ("raise RuntimeError('no weights')", "RuntimeError: no weights"),
        ("await send({'type': 'lifespan.startup.failed', 'message': 'no weights'})", "no weights"),
        ("await send({'type': 'lifespan.startup.failed'})", "no reason given"),
    ],
)
def test_a_start_up_that_fails_is_told(start: Start, then: str, part: str) -> None:
    process = start(LIFESPAN.format(then=then))
    with pytest.raises(UsageError, match=r"start-up \(lifespan\) failed") as caught:
        process.wait_until_ready()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "then",
    ["await send({'type': 'lifespan.startup.complete'}); await receive()",
     "await send({'type': 'lifespan.startup.complete'})",
     "return"],
)  # fmt: skip
def test_a_start_up_may_end_or_live_on(start: Start, then: str) -> None:
    process = start(LIFESPAN.format(then=then))
    process.wait_until_ready()
    assert process.stage == "started"


def test_a_start_up_that_ends_the_process_is_told(start: Start) -> None:
    process = start(LIFESPAN.format(then="import os; os._exit(5)"))
    with pytest.raises(UsageError, match="exit status 5"):
        process.wait_until_ready()
