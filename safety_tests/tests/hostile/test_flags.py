"""Absurd flags and settings: refused with the name of what is wrong, before an app is started."""

import pytest

from safety_tests.tests.hostile.conftest import Hostile

HUGE = "9" * 500

FLAGS: dict[str, tuple[tuple[str, ...], str]] = {
    "no command": ((), "COMMAND"),
    "an unknown command": (("chekc",), "invalid choice"),
    "an unknown flag": (("check", "app:app", "--no-such"), "--no-such"),
    "no app": (("check",), "module:attribute"),
    "an empty app": (("check", ""), "module:attribute"),
    "an app of dots": (("check", "..:."), "module:attribute"),
    "an app with a dash": (("check", "my-app:app"), "module:attribute"),
    "an app with two colons": (("check", "a:b:c"), "module:attribute"),
    "an app with a space": (("check", "app: app"), "module:attribute"),
    "an app with a NUL": (("check", "app\0:app"), "module:attribute"),
    "an app with a line break": (("check", "app\n:app"), "module:attribute"),
    "an app with a lone surrogate": (("check", "\udc80:app"), "module:attribute"),
    "an app that is a path": (("check", "../app.py:app"), "module:attribute"),
    "budget 0": (("check", "a:b", "--budget", "0"), "--budget must be more than 0"),
    "budget negative": (("check", "a:b", "--budget", "-1"), "--budget must be more than 0"),
    "budget NaN": (("check", "a:b", "--budget", "nan"), "--budget must be"),
    "budget infinite": (("check", "a:b", "--budget", "inf"), "--budget must be"),
    "budget 1e300": (("check", "a:b", "--budget", "1e300"), "--budget must be"),
    "budget text": (("check", "a:b", "--budget", "soon"), "--budget"),
    "timeout 0": (("check", "a:b", "--timeout", "0"), "--timeout must be more than 0"),
    "timeout NaN": (("check", "a:b", "--timeout", "nan"), "--timeout must be"),
    "timeout infinite": (("check", "a:b", "--timeout", "inf"), "--timeout must be"),
    "timeout 1e300": (("check", "a:b", "--timeout", "1e300"), "--timeout must be"),
    "preemptions -1": (("check", "a:b", "--preemptions", "-1"), "--preemptions must be at least 0"),
    "preemptions 1.5": (("check", "a:b", "--preemptions", "1.5"), "--preemptions"),
    "preemptions huge": (("check", "a:b", "--preemptions", HUGE), "--preemptions"),
    "tasks 0": (("check", "a:b", "--tasks", "0"), "--tasks must be at least 1"),
    "tasks huge": (("check", "a:b", "--tasks", HUGE), "--tasks"),
    "tasks a million": (("check", "a:b", "--tasks", "1000000"), "--tasks must be at most"),
    "workers 0": (("check", "a:b", "-n", "0"), "--workers must be at least 1"),
    "workers a million": (("check", "a:b", "-n", "1000000"), "--workers must be at most"),
    "seed text": (("check", "a:b", "--seed", "x"), "--seed"),
    "select an unknown code": (("check", "a:b", "--select", "S999"), "'S999'"),
    "select a line break": (("check", "a:b", "--select", "S001\nS002"), "S001"),
    "ignore an unknown code": (("check", "a:b", "--ignore", "X"), "'X'"),
    "a folder that is none": (("check", "a:b", "--app-dir", "nowhere"), "'nowhere'"),
    "a folder that is a file": (("check", "a:b", "--app-dir", "file"), "'file'"),
    "a folder with a NUL": (("check", "a:b", "--app-dir", "a\0b"), "must be a folder"),
    "a folder with a long name": (("check", "a:b", "--app-dir", "x" * 5000), "must be a folder"),
    "explain nothing": (("explain", ""), "S001"),
    "explain an unknown code": (("explain", "S999"), "S999"),
    "explain a number": (("explain", "1"), "S001"),
    "replay nothing": (("replay",), "TOKEN"),
    "replay an app": (("replay", "app:app"), "expected a token"),
    "zoo of nothing": (("zoo", "no-such-hazard", "--list"), "no-such-hazard"),
    "init nothing": (("init",), "APP"),
    "init a file": (("init", "app.py"), "module:attribute"),
}  # fmt: skip


@pytest.mark.parametrize("case", FLAGS)
def test_an_absurd_flag_is_refused(case: str, hostile: Hostile) -> None:
    arguments, said = FLAGS[case]
    hostile.write({"file": "x"})
    code, message = hostile(*arguments)
    assert code == 2
    assert said in message


SETTINGS: dict[str, tuple[str, str]] = {
    "an unknown key": ("budgt = 3", "'budgt'"),
    "a budget of text": ('budget = "3"', "budget"),
    "a budget that is true": ("budget = true", "budget"),
    "a budget of nan": ("budget = nan", "budget"),
    "a budget of inf": ("budget = inf", "budget"),
    "a negative timeout": ("timeout = -5", "timeout"),
    "a timeout that is a date": ("timeout = 2020-01-01", "timeout"),
    "tasks of nothing": ("tasks = 0", "tasks"),
    "tasks that are a float": ("tasks = 2.0", "tasks"),
    "tasks beyond all": ("tasks = 9223372036854775807", "tasks"),
    "preemptions below all": ("preemptions = -9223372036854775808", "preemptions"),
    "a seed of text": ('seed = "x"', "seed"),
    "a list of codes": ('select = ["S001"]', "select"),
    "an unknown code": ('select = "S999"', "'S999'"),
    "a trace of numbers": ("trace = [1, 2]", "trace"),
    "a trace of tables": ("trace = [{}]", "trace"),
    "random schedules below 0": ("random-schedules = -1", "random"),
    "crowds below 0": ("crowds = -1", "crowds"),
    "an app that is a number": ("app = 7", "app"),
    "an app that is none": ('app = "main"', "module:attribute"),
    "an app with a NUL": ('app = "a\\u0000:b"', "module:attribute"),
    "a folder that is none": ('app = "a:b"\napp-dir = "nowhere"', "nowhere"),
    "a folder that is a number": ("app-dir = 3", "app-dir"),
    "requests that are a number": ("requests = 3", "requests"),
    "requests that are not there": ('app = "a:b"\nrequests = "no.json"', "no.json"),
    "requests that are empty": ('app = "a:b"\nrequests = []', "at least one request"),
    "requests of numbers": ('app = "a:b"\nrequests = [1]', "an object with method and path"),
    "allow-unproven as text": ('allow-unproven = "no"', "allow-unproven"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_an_absurd_setting_is_refused(case: str, hostile: Hostile) -> None:
    text, said = SETTINGS[case]
    hostile.write({"pyproject.toml": f"[tool.safety-tests]\n{text}\n"})
    code, message = hostile("check", *(() if text.startswith("app") else ("app:app",)))
    assert code == 2
    assert said in message


PROJECTS: dict[str, tuple[bytes, str]] = {
    "no TOML": (b"[tool", "pyproject.toml"),
    "random bytes": (bytes(range(128, 256)), "pyproject.toml"),
    "a number for the table": (b"[tool]\nsafety-tests = 3\n", "must be a table"),
    "a list for the table": (b"[[tool.safety-tests]]\nseed = 1\n", "must be a table"),
    "a number for tool": (b"tool = 3\n", "must be a table"),
    "deep nesting": (b"a = " + b"[" * 50_000, "pyproject.toml"),
    "a huge number": (b"a = " + b"9" * 10_000, "pyproject.toml"),
}


@pytest.mark.parametrize("case", PROJECTS)
def test_a_project_file_that_is_none_is_refused(case: str, hostile: Hostile) -> None:
    text, said = PROJECTS[case]
    hostile.write({"pyproject.toml": text})
    code, message = hostile("check", "app:app")
    assert code == 2
    assert said in message
