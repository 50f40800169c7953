"""Servers that start, servers that do not, and what is left of them: nothing."""

import os
import sys
import urllib.request
from pathlib import Path

import pytest

from loadtests.server import running
from safety_tests.errors import UsageError

SERVE = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "{port}"]
READY = "http://127.0.0.1:{port}/"


def alive(pid: int) -> bool:
    """A zombie that nobody waits for counts as gone."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_server_answers_within_its_block_and_is_gone_after_it(tmp_path: Path) -> None:
    (tmp_path / "hello").write_text("yes")
    with running(SERVE, READY, cwd=tmp_path) as server:
        with urllib.request.urlopen(f"{server.url}/hello") as response:
            assert response.read() == b"yes"
        assert server.seconds > 0
        assert "GET /hello" in server.log_path.read_text()
    assert not alive(server.pid)
    assert not server.log_path.exists()


@pytest.mark.parametrize("group", ["-1", "0"], ids=["group of the server", "its own group"])
def test_a_child_that_ignores_sigterm_ends_with_its_server(group: str, tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    parent = (
        "import http.server, pathlib, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {stubborn!r}], process_group={group})\n"
        "pathlib.Path('child').write_text(str(child.pid))\n"
        "address = ('127.0.0.1', int(sys.argv[1]))\n"
        "http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()\n"
    )
    with running([sys.executable, "-c", parent, "{port}"], READY, cwd=tmp_path):
        child = int((tmp_path / "child").read_text())
        assert alive(child)
    assert not alive(child)


def test_a_server_that_dies_is_told_with_its_last_words() -> None:
    command = [sys.executable, "-c", "raise SystemExit('no model in sight')"]
    with (
        pytest.raises(UsageError, match=r"(?s)exit code 1\..*no model in sight"),
        running(command, READY),
    ):
        pytest.fail("it cannot be ready")


def test_a_server_that_never_gets_ready_is_ended_and_told(tmp_path: Path) -> None:
    started = f"import os; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))"
    command = [sys.executable, "-c", f"{started}; import time; time.sleep(600)"]
    with pytest.raises(UsageError, match="expected 200 from"), running(command, READY, timeout=1.5):
        pytest.fail("it cannot be ready")
    assert not alive(int((tmp_path / "pid").read_text()))


def test_a_command_that_is_not_there_is_told_without_a_traceback() -> None:
    with (
        pytest.raises(UsageError, match="got Not a directory"),
        running([os.devnull + "/nothing"], READY),
    ):
        pytest.fail("it cannot be ready")
