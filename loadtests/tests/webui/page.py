"""Locust's web UI in a process of its own, and a Chromium that looks at it."""

import json
import os
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


@contextmanager
def chromium(binary: str, driver: str, folder: Path) -> Iterator[Any]:
    """A Chromium without a window, that finds no host but this machine; its files in `folder`."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    only_here = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    for flag in ("--headless=new", "--disable-gpu", only_here):
        options.add_argument(flag)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    own = {**os.environ, "TMPDIR": str(folder)}
    started = webdriver.Chrome(options, Service(driver, env=own))
    try:
        yield started
    finally:
        started.quit()


def post(page: str, path: str, **form: Any) -> dict[str, Any]:
    data = "&".join(f"{key}={value}" for key, value in form.items()).encode()
    with urllib.request.urlopen(page + path, data, timeout=30) as response:
        found: dict[str, Any] = json.load(response)
    return found


def start(page: str) -> None:
    told = post(page, "swarm", user_count=USERS, spawn_rate=USERS)
    assert told["success"], told


def stop(page: str) -> None:
    """Returns when the last answer is there."""
    with urllib.request.urlopen(page + "stop", b"", timeout=30) as response:
        assert response.status == 200


def snapshot(page: str) -> dict[str, Any]:
    with urllib.request.urlopen(page + "correctness/snapshot", timeout=30) as response:
        found: dict[str, Any] = json.load(response)
    return found


def asked(driver: Any) -> set[str]:
    """What the browser has asked for since the last call; data in addresses aside."""
    events = [json.loads(one["message"])["message"] for one in driver.get_log("performance")]
    urls = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    return {url for url in urls if not url.startswith("data:")}


