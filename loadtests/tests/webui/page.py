"""Locust's web UI in a process of its own, and what a Chromium sees of it."""

import json
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import loadtests
from loadtests.server import running

FOLDER = Path(loadtests.__file__).parent
ROOT = FOLDER.parent
USERS = 6
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""The flag of a Chromium that finds no host but this machine."""
WINDOW = 1280, 900
ROWS = {"small": [1, 2], "large": [30, 40]}
ASKED_ALONE = 2
"""How often each request is asked before the load."""


@contextmanager
def web_ui(
    host: str,
    requests: Path,
    *options: str,
    scenario: Path = FOLDER / "locustfile.py",
    base: str = "",
    ready: str = "/",
) -> Iterator[str]:
    """The address of the page, with a slash at its end. Nothing is sent before the start."""
    words = [
        *(sys.executable, "-m", "locust", "-f", str(scenario), "--host", host),
        *("--web-host", "127.0.0.1", "--web-port", "{port}", "--web-base-path", base),
        *("--users", str(USERS), "--spawn-rate", str(USERS)),
        *("--correctness-requests", str(requests), "--correctness-leaked", "", *options),
    ]
    env = {"PYTHONPATH": str(ROOT)}
    with running(words, f"http://127.0.0.1:{{port}}{base}{ready}", env, ROOT) as server:
        yield f"{server.url}{base}/"


def requests_of(path: Path, *endpoints: str) -> Path:
    """Writes a requests file: each of ROWS to each of the endpoints."""
    entries = [
        {"name": f"{name} {endpoint[1:]}", "method": "POST", "path": endpoint, "json": {"row": row}}
        for endpoint in endpoints
        for name, row in ROWS.items()
    ]
    path.write_text(json.dumps(entries))
    return path


def click(driver: Any, role: str, text: str) -> bool:
    """The button or tab of Locust's with this text; raises where it is not there, or not yet."""
    driver.find_element("xpath", f"//button[{ROLES[role]} and contains(., '{text}')]").click()
    return True


ROLES = {"tab": "@role='tab'", "button": "not(@role)"}


def one(driver: Any, selector: str) -> Any:
    """Inside our tab."""
    return driver.find_element("css selector", "correctness-tab").shadow_root.find_element(
        "css selector", selector
    )


def every(driver: Any, selector: str) -> list[Any]:
    tab = driver.find_element("css selector", "correctness-tab")
    found: list[Any] = tab.shadow_root.find_elements("css selector", selector)
    return found


def tile(driver: Any, key: str) -> str:
    return str(one(driver, f"[data-key={key}] dd").text)


def get(page: str, path: str) -> bytes:
    with urllib.request.urlopen(page + path, timeout=60) as response:
        body: bytes = response.read()
    return body


def snapshot(page: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(page, "correctness/snapshot"))
    return found


def start(page: str) -> None:
    """As its form does. Returns at once."""
    form = f"user_count={USERS}&spawn_rate={USERS}".encode()
    with urllib.request.urlopen(page + "swarm", form, timeout=60) as response:
        assert json.load(response)["success"]
