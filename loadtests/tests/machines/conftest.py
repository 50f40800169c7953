"""A model that the services of these tests find, and what to ask them with."""

import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

from loadtests.machines.models import iris


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Message


Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def model() -> Iterator[Path]:
    with iris() as folder:
        yield folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], None]:
    """Skips what needs a program that this machine has not."""

    def needed(name: str) -> None:
        if not shutil.which(name):
            pytest.skip(f"no {name} here; on Debian: apt-get install {name}-light")

    return needed


@pytest.fixture
def ask() -> Ask:
    """Ask for a URL over a connection of its own; raises OSError where there is no answer."""

    def asking(
        url: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        request = urllib.request.Request(url, content, dict(headers or {}))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.read(), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), error.headers)

    return asking
