"""The service under attack: a real server with models of which every answer is known."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sample_service.tests.attacks.alone import VERSIONS, Alone, write_models
from sample_service.tests.server import Server, serving

TOKEN = "a token of the right length"
OF_UVICORN = ("the handler is closed", "role=SERVER and state=MUST_CLOSE")
"""When garbage follows a request, uvicorn answers 400 and closes the connection by itself, and then
logs that it cannot write the answer of that request: with httptools and uvloop the first, with h11
the second. Nobody else is harmed."""


@contextmanager
def target(
    folder: Path,
    *flags: str,
    app: str = "sample_service.app:app",
    stops: bool = False,
    **settings: object,
) -> Iterator[tuple[Server, dict[str, Alone]]]:
    """Serve `app` and give the oracle of each version; the first one is active.

    `settings` are those of the service, by the names they have there. Afterwards the process must
    be alive and ready, or have ended where it `stops`, and its log must be free of tracebacks;
    AssertionError says what is not so.
    """
    write_models(folder / "models")
    given = {
        "model_dir": folder / "models",
        "version": VERSIONS[0],
        "admin_token": TOKEN,
    } | settings
    environment = {f"SAMPLE_SERVICE_{name.upper()}": str(value) for name, value in given.items()}
    alone = {version: Alone(folder / "models", version) for version in VERSIONS}
    # A request on a connection that is closed for idleness at that moment would look lost.
    flags = ("--no-access-log", "--timeout-keep-alive", "600", *flags)
    with serving(folder, app, *flags, **environment) as server:
        assert server.get("/health/ready").status_code == 200, server.log.read_text()
        yield server, alone
        if stops:
            assert server.process.wait(60) in (0, -signal.SIGTERM)
        else:
            assert server.process.poll() is None, server.log.read_text()
            assert server.get("/health/ready").status_code == 200
        found = tracebacks(server.log)
        assert not found, f"{len(found)} tracebacks in the log, the first of them:\n{found[0]}"


def tracebacks(log: Path) -> list[str]:
    """Return those in `log` that are the service's own."""
    found = []
    for line in log.read_text("utf-8", "replace").splitlines():
        told = json.loads(line).get("exc_info", "") if line.startswith("{") else line
        if "Traceback" in told and not any(one in told for one in OF_UVICORN):
            found.append(told)
    return found
