"""A finding is had again from its token alone, in another process."""

from safety_tests.tests.conftest import Command, Gate
from safety_tests.verdict import Finding


def replays(command: Command, gate: Gate, found: Finding) -> None:
    """The command line shows the finding again: exit code 1, the same summary and token."""
    code, report = command.json("replay", found.token, "--app-dir", str(gate.app_dir))
    assert code == 1, report
    (again,) = report["findings"]
    for key in ("code", "summary", "expected", "got", "token", "replayed"):
        assert again[key] == getattr(found, key), key
