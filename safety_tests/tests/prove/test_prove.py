"""Which handlers could have failed, and why others could not."""

import py_compile
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from safety_tests.errors import UsageError
from safety_tests.gate.settings import Settings
from safety_tests.prove import refuse_without_isolation, sentence, with_proof
from safety_tests.tests.prove.conftest import Proving
from safety_tests.tests.prove.shapes import ANSWER
from safety_tests.tests.report.reports import FAILED, report
from safety_tests.verdict import Verdict

ROUTES = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def predict(request):
    return JSONResponse({"y": 2 * int(request.query_params["x"])})

async def classify(request):
    return JSONResponse({"even": int(request.query_params["x"]) % 2 == 0})

async def stamp(request):
    import time
    return JSONResponse({"time": time.time()})

async def refused(request):
    return JSONResponse({"x": request.query_params["x"]}, 400)

app = Starlette(
    routes=[
        Route("/predict", predict),
        Route("/classify", classify),
        Route("/stamp", stamp),
        Route("/refused", refused),
        Route("/lambda", lambda request: JSONResponse(request.query_params["x"])),
    ]
)
"""


def test_each_handler_has_its_own_proof(proving: Proving) -> None:
    asked = ["/predict?x=1", "/classify?x=1", "/predict?x=2", "/classify?x=2"]
    first, second = proving({"app.py": ROUTES}, asked)
    assert (first.handler, first.requests) == ("predict (app.py:6)", (asked[0], asked[2]))
    assert (second.handler, second.requests) == ("classify (app.py:9)", (asked[1], asked[3]))
    assert first.caught
    assert second.caught
    assert (first.file, first.line) == ("app.py", 6)


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (["/predict?x=1"], "only one request reaches it (/predict?x=1); two with different"),
        (["/classify?x=1", "/classify?x=3"], "the 2 requests that reach it all get the same"),
        (["/stamp?x=1", "/stamp?x=2"], "the 2 requests that reach it all get the same answer"),
        (["/lambda?x=1", "/lambda?x=2"], "none could be planted: it is a lambda"),
    ],
    ids=["one", "equal", "differ_by_time", "lambda"],
)
def test_a_handler_that_could_not_have_failed_is_named_with_the_reason(
    paths: list[str], reason: str, proving: Proving
) -> None:
    (proof,) = proving({"app.py": ROUTES}, paths)
    assert not proof.caught
    assert proof.reason.startswith(reason)
    assert not proof.interleaving
    assert sentence(proof).startswith(f"a mix-up of requests in {proof.handler} would not be seen")


def test_a_handler_that_is_not_of_the_app_is_named_by_its_path(proving: Proving) -> None:
    source = """
from pathlib import Path
from starlette.staticfiles import StaticFiles

app = StaticFiles(directory=Path(__file__).parent)
"""
    files = {"app.py": source, "one.txt": "1", "two.txt": "2"}
    first, second = proving(files, ["/one.txt", "/two.txt"])
    assert (first.handler, second.handler) == ("GET /one.txt", "GET /two.txt")
    assert (first.file, first.line) == ("", 0)
    assert first.reason.startswith("only one request reaches it")


def test_without_any_function_of_the_app_nothing_can_be_planted(proving: Proving) -> None:
    source = """
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route

app = Starlette(routes=[Route("/more/", RedirectResponse("/"))])
"""
    (proof,) = proving({"app.py": source}, ["/more?x=1", "/more?x=2"])
    assert proof.handler == "GET /more"
    assert proof.reason == "none could be planted: no function of the app's own runs for it"


def test_handlers_that_are_tried_at_once_keep_their_order(proving: Proving) -> None:
    asked = ["/predict?x=1", "/classify?x=1", "/predict?x=2", "/classify?x=2"]
    found = proving({"app.py": ROUTES}, asked, workers=2)
    assert [(one.handler, one.caught) for one in found] == [
        ("predict (app.py:6)", True),
        ("classify (app.py:9)", True),
    ]


def test_refused_requests_are_no_handler(proving: Proving) -> None:
    found = proving({"app.py": ROUTES}, ["/refused?x=1", "/refused?x=2", "/predict?x=1"])
    assert [proof.handler for proof in found] == ["predict (app.py:6)"]


SET_BY_MIDDLEWARE = (
    ANSWER
    + """
from contextvars import ContextVar
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route

current = ContextVar("current")

class Current:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        current.set(scope)
        await self.app(scope, receive, send)

async def predict(request):
    return answer(Request(current.get()))

app = Starlette(routes=[Route("/predict", predict)], middleware=[Middleware(Current)])
"""
)


def test_where_the_handler_does_not_use_its_parameters_another_function_is_tried(
    proving: Proving,
) -> None:
    (proof,) = proving({"app.py": SET_BY_MIDDLEWARE}, ["/predict?x=1", "/predict?x=2"])
    assert proof.caught
    assert proof.handler == "predict (app.py:24)"
    assert proof.planted == "Current.__call__ (app.py:20)"
    said = f"planted race in {proof.planted}, which runs for {proof.handler}: caught in schedule "
    assert sentence(proof).startswith(said)


ECHO = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["query_string"]})
"""

EXECUTED = """
from pathlib import Path

path = Path(__file__).with_name("echo.py")
exec(compile(path.read_text(), str(path), "exec"))
"""


def test_a_file_that_is_not_imported_is_not_planted_in(proving: Proving) -> None:
    (proof,) = proving({"app.py": EXECUTED, "echo.py": ECHO}, ["/?x=1", "/?x=2"])
    if sys.version_info >= (3, 12):
        assert proof.handler == "app (echo.py:2)"
        assert proof.reason == "the planted one did not run; is its file imported from its source?"
    else:
        # Its lines are not seen at all: see `engine.tracing`.
        assert proof.handler == "GET /"
        assert proof.reason == "none could be planted: no function of the app's own runs for it"


def test_compiled_files_of_the_app_do_not_hide_the_race(proving: Proving, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(ECHO, "utf-8")
    py_compile.compile(str(tmp_path / "app.py"), doraise=True)
    (proof,) = proving({}, ["/?x=1", "/?x=2"])
    assert proof.caught


def test_the_lines_of_the_race_are_marked(proving: Proving) -> None:
    (proof,) = proving({"app.py": ECHO}, ["/?x=1", "/?x=2"])
    marked = [line for line in proof.interleaving if line.file == "planted"]
    assert any(line.note.startswith("writes kept") for line in marked)
    assert any(line.note.startswith("reads kept") for line in marked)
    assert {line.file for line in proof.interleaving} == {"app.py", "planted"}
    assert all(
        ECHO.splitlines()[one.line - 1].strip() == one.source
        for one in proof.interleaving
        if one.file == "app.py"
    )


def test_a_report_that_failed_is_proof_enough(tmp_path: Path) -> None:
    seen = with_proof(report(FAILED), tmp_path, None, Settings())
    assert seen.proof is None
    assert not seen.cannot_fail
    assert seen.notes[-1] == "no race was planted: the gate failed on this app already, so it can"


def test_a_failure_that_a_baseline_knows_is_proof_enough(tmp_path: Path) -> None:
    known = replace(FAILED, verdict=Verdict.PASS, findings=(), known=FAILED.findings)
    assert with_proof(report(known), tmp_path, None, Settings()).proof is None


@pytest.mark.parametrize(
    "settings", [Settings(select="S003"), Settings(ignore="S001")], ids=["select", "ignore"]
)
def test_without_isolation_nothing_would_look_for_the_race(settings: Settings) -> None:
    with pytest.raises(UsageError, match="S001"):
        refuse_without_isolation(settings)
