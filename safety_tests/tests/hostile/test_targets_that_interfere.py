"""Apps that interfere with their process, as servers and libraries do: the gate goes on, or says so."""

# ruff: noqa: E501 (one case, one line)

from collections.abc import Callable

import pytest

from safety_tests.tests.conftest import some
from safety_tests.tests.hostile.conftest import FLAGS, PROJECT, REQUESTS, Hostile
from safety_tests.tests.hostile.targets import at_import, in_request

HARMLESS = {
    "a forked child": "if not os.fork(): signal.pause()",
    "a forked session": "if not os.fork():\n    os.setsid()\n    signal.pause()",
    "a daemon": "if not os.fork():\n    os.setsid()\n    if not os.fork(): signal.pause()\n    os._exit(0)",
    "a subprocess": "subprocess.Popen(['sleep', '60'])",
    "a subprocess elsewhere": "subprocess.Popen(['sleep', '60'], start_new_session=True)",
    "a zombie": "subprocess.Popen(['true'])",
    "no standard streams": "os.close(0); os.close(1); os.close(2)",
    "sys.stdout None": "sys.stdout = sys.stderr = sys.stdin = None",
    "another folder": "os.chdir('/')",
    "every signal ignored": "for n in set(signal.Signals) - {9, 19}: signal.signal(n, signal.SIG_IGN)",
    "children reaped": "signal.signal(signal.SIGCHLD, lambda *a: os.waitpid(-1, os.WNOHANG))",
    "signals blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
    "an alarm clock": "signal.signal(signal.SIGALRM, lambda *a: None); signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
    "few files": "resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))",
    "settrace": "sys.settrace(lambda *a: None); threading.settrace(lambda *a: None)",
    "setprofile": "sys.setprofile(lambda *a: None)",
    "gc": "gc.disable(); gc.freeze(); gc.callbacks.append(lambda *a: 1/0)",
    "environ": "os.environ.clear()",
    "open None": "builtins.open = builtins.print = None",
    "time.sleep": "time.sleep = lambda s: None; time.monotonic = lambda: 0",
    "Thread.start": "threading.Thread.start = lambda self: None",
    "socket timeout": "socket.setdefaulttimeout(0.001)",
    "an audit hook": "sys.addaudithook(lambda *a: None)",
    "atexit": "import atexit; atexit.register(os._exit, 9)",
    "recursion limit": "sys.setrecursionlimit(10**9)",
    "umask": "os.umask(0o777)",
    "megabytes printed": "os.write(1, b'x' * (1 << 22)); print('x' * (1 << 22), file=sys.stderr)",
    "a thread that raises": "threading.Thread(target=lambda: 1/0).start()",
    "a thread that exits": "threading.Thread(target=sys.exit).start()",
}  # fmt: skip

BREAKING = {
    "os.fork": "os.fork = None",
    "os._exit": "os._exit = lambda *a: None",
    "os.waitpid": "os.waitpid = lambda *a: (0, 0)",
    "pickle": "import pickle; pickle.dumps = pickle.loads = None",
    "socket.recv": "socket.socket.recv = None",
    "asyncio.Task": "asyncio.Task = asyncio.Future = asyncio.Event = None",
    "threading": "for n in list(vars(threading)):\n    if n[0] != '_': delattr(threading, n)",
    "sys.modules": "sys.modules.clear()",
    "sys.path": "sys.path.clear()",
    "json None": "sys.modules['json'] = None",
    "len": "builtins.len = lambda x: 0",
    "Exception": "builtins.Exception = None",
    "__import__": "builtins.__import__ = None",
    "all files closed": "os.closerange(0, 256)",
    "an audit hook that raises": "def h(*a): raise RuntimeError('no')\nsys.addaudithook(h)",
    "its folder": "import tempfile\nd = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)",
    "a last word of faulthandler": "faulthandler.dump_traceback_later(0.1, exit=True); time.sleep = None\nwhile True: pass",
    "its parent": "os.killpg(0, 9)",
}  # fmt: skip


def check(hostile: Hostile, app: str) -> tuple[int, str]:
    hostile.write({"app.py": app, "r.json": REQUESTS, "pyproject.toml": PROJECT})
    code, said = hostile("check", "app:app", "--select", "S001,S005", *FLAGS)
    return code, " ".join(said.split())


@pytest.mark.parametrize("where", [at_import, in_request], ids=["import", "request"])
@pytest.mark.parametrize("case", some(HARMLESS))
def test_an_app_may_do_it_and_is_checked(
    case: str, where: Callable[[str], str], hostile: Hostile
) -> None:
    code, report = check(hostile, where(HARMLESS[case]))
    assert code == 0, report
    assert "PASS 2 checks passed" in report


@pytest.mark.parametrize("case", BREAKING)
def test_an_app_that_breaks_python_is_told_so(case: str, hostile: Hostile) -> None:
    code, said = check(hostile, at_import(BREAKING[case]))
    assert code == 2
    assert any(
        part in said
        for part in ("must leave Python's own modules", "ended", "does the app replace", "is gone")
    ), said
