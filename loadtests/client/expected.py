"""Expected answers in a file, so that one server can be held against another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from loadtests.client.tally import Answer
from safety_tests.errors import UsageError


def write(path: Path, names: Sequence[str], answers: Sequence[Answer]) -> None:
    """As JSON; a body that is not UTF-8 survives too. Raises UsageError where it cannot."""
    data = {
        name: {"status": answer.status, "body": answer.body.decode("utf-8", "surrogateescape")}
        for name, answer in zip(names, answers, strict=True)
    }
    try:
        path.write_text(json.dumps({"version": 1, "answers": data}, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"expected a file to write, got {path}: {error.strerror}") from None


def read(path: Path, names: Sequence[str]) -> list[Answer]:
    """The answers to the requests of these names. Raises UsageError where one is missing."""
    try:
        data = json.loads(path.read_text("utf-8"))["answers"]
        return [
            Answer(int(data[n]["status"]), data[n]["body"].encode("utf-8", "surrogateescape"))
            for n in names
        ]
    except OSError as error:
        got = error.strerror
    except KeyError as error:
        got = f"nothing for {error}"
    except (AttributeError, TypeError, ValueError) as error:
        got = str(error)
    raise UsageError(
        f"{path}: expected the answers to these requests, as --save-expected writes them; got {got}"
    )
