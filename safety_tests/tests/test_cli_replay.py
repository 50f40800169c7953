"""`replay` shows a finding again on the same sources, and says so where it cannot."""

from typing import Any

import pytest

from safety_tests.tests.cli_apps import RACY, RIGHT, requests
from safety_tests.tests.conftest import Command

MENDED_IN_PLACE = RACY.replace('return {"y": doubled()}', 'return {"y": x * 2}')


FOUND: list[dict[str, Any]] = []
"""The finding of the racy app, once it was found: the same in every folder."""


def finding(command: Command) -> dict[str, Any]:
    command.write({"app.py": RACY, "r.json": requests("/p?x=1", "/p?x=2")})
    if not FOUND:
        check = ("check", "app:app", "--requests", "r.json", "--select", "S001")
        code, report = command.json(*check)
        assert code == 1
        FOUND.extend(report["findings"])
    (found,) = FOUND
    return found


def test_the_printed_command_reproduces_the_finding(command: Command) -> None:
    found = finding(command)
    words = found["replay"].split()
    assert words[0] == "safety-tests"
    code, report = command.json(*words[1:])
    assert code == 1
    (again,) = report["findings"]
    for key in ("code", "summary", "requests", "expected", "got", "interleaving", "token"):
        assert again[key] == found[key], key


def test_the_requests_file_is_not_needed_for_a_replay(command: Command) -> None:
    found = finding(command)
    (command.folder / "r.json").unlink()
    done = command("replay", found["token"])
    assert done.returncode == 1
    assert "is paused" in done.stdout


def test_a_token_replays_from_another_folder_with_an_app_dir(command: Command) -> None:
    found = finding(command)
    app_dir = command.folder
    command.write({"elsewhere/empty.txt": ""})
    command.folder /= "elsewhere"
    assert command("replay", found["token"], "--app-dir", str(app_dir)).returncode == 1
    assert "--app-dir" in command.refused("replay", found["token"])


@pytest.mark.parametrize("mended", [RIGHT, MENDED_IN_PLACE], ids=["rewritten", "in place"])
def test_on_mended_sources_nothing_is_found_and_the_change_is_named(
    mended: str, command: Command
) -> None:
    token = finding(command)["token"]
    command.write({"app.py": mended})
    done = command("replay", token)
    assert done.returncode in (0, 2), done.stdout
    said = " ".join((done.stdout + done.stderr).split())
    assert "the app was changed" in said or "the sources are not those" in said


def test_a_comment_at_the_end_of_the_file_does_not_spoil_a_token(command: Command) -> None:
    token = finding(command)["token"]
    command.write({"app.py": RACY + "\n# reviewed\n"})
    done = command("replay", token)
    assert done.returncode == 1
    assert "the sources are not those" in " ".join(done.stdout.split())


def test_a_token_replays_on_another_app(command: Command) -> None:
    token = finding(command)["token"]
    command.write({"copy.py": RACY.replace("app = ", "service = ").replace("@app", "@service")})
    message = command("replay", token, "copy:service")
    assert message.returncode in (1, 2)
    assert "No such" not in message.stderr


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "s1:",
        "s1:abc",
        "s1:" + "A" * 400,
        "s1:!!!!",
        "s9:abc",
        "S1:abc",
        "s1:\u00e9",
        "app:app",
    ],
)
def test_what_is_no_token_is_refused(token: str, command: Command) -> None:
    command.write({"app.py": RACY})
    assert "token" in command.refused("replay", token)


def test_half_a_token_is_refused_as_damaged(command: Command) -> None:
    token = finding(command)["token"]
    assert "damaged" in command.refused("replay", token[: len(token) // 2])
    assert "damaged" in command.refused("replay", token[:-3])


def test_a_token_with_spaces_around_it_is_the_token(command: Command) -> None:
    token = finding(command)["token"]
    assert command("replay", f" {token} ").returncode == 1


def test_the_same_seed_gives_the_same_report_but_for_times(command: Command) -> None:
    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: timeless(one) for key, one in value.items() if key != "seconds"}
        return [timeless(one) for one in value] if isinstance(value, list) else value

    command.write({"app.py": RACY, "r.json": requests("/p?x=1", "/p?x=2", "/p?x=3")})
    check = ("check", "app:app", "--requests", "r.json", "--seed")
    first, again, other = (command.json(*check, seed)[1] for seed in ("5", "5", "6"))
    assert timeless(first) == timeless(again)
    assert other["verdict"] == "fail"
