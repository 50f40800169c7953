"""`safety-tests learn`, the command: nothing is lost, and every refusal says what to do."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from safety_tests.cli import main
from safety_tests.learn import progress
from safety_tests.learn.catalogue import exercises, find
from safety_tests.learn.progress import Done

FIRST = exercises()[0]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def folder(here: Path) -> Path:
    assert main(["learn", "start", "--name", "Ada"]) == 0
    return here / "safety-exercises"


def test_the_list_creates_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn"]) == 0
    told = capsys.readouterr().out
    assert "safety-tests learn start" in told
    assert all(one.name in told for one in exercises())
    assert list(here.iterdir()) == []


def test_start_copies_the_exercises_and_not_their_answers(folder: Path) -> None:
    assert (folder / FIRST.name / "app.py").read_text() == FIRST.source()
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert names == {"app.py", "requests.json", "story.md", "progress.json"}
    assert progress.load(folder).learner == "Ada"


def test_start_again_keeps_what_is_there_and_brings_back_what_is_not(folder: Path) -> None:
    (folder / FIRST.name / "app.py").write_text("mine\n")
    (folder / exercises()[1].name / "app.py").unlink()
    assert main(["learn", "start", "--name", "Bob"]) == 0
    assert (folder / FIRST.name / "app.py").read_text() == "mine\n"
    assert (folder / exercises()[1].name / "app.py").is_file()
    assert progress.load(folder).learner == "Ada"


def test_hints_come_one_by_one_and_are_remembered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    for number in range(1, len(FIRST.hints) + 2):
        assert main(["learn", "hint", "1"]) == 0
        told = " ".join(capsys.readouterr().out.split())
        given = min(number, len(FIRST.hints))
        assert [hint in told for hint in FIRST.hints] == [
            position < given for position in range(len(FIRST.hints))
        ]
        assert progress.load(folder).of(FIRST.name).hints == given
    assert "That was the last one." in told


def test_reset_puts_the_broken_file_back_and_loses_nothing(folder: Path) -> None:
    file = folder / FIRST.name / "app.py"
    for attempt in ("first\n", "second\n"):
        file.write_text(attempt)
        assert main(["learn", "reset", "1"]) == 0
        assert file.read_text() == FIRST.source()
    assert main(["learn", "reset", "1"]) == 0, "nothing to keep"
    kept = [path.read_text() for path in file.parent.glob("app_*.py")]
    assert sorted(kept) == ["first\n", "second\n"]


def test_reset_brings_back_a_file_that_was_deleted(folder: Path) -> None:
    (folder / FIRST.name / "app.py").unlink()
    assert main(["learn", "reset", FIRST.name]) == 0
    assert (folder / FIRST.name / "app.py").read_text() == FIRST.source()


def test_a_check_is_noted_and_its_page_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn", "check", "1", "--html", "page.html"]) == 1
    assert "Its fault shows" in capsys.readouterr().out
    assert "<html" in Path("page.html").read_text("utf-8")
    solution = (FIRST.folder / "solution.py").read_text("utf-8")
    (folder / FIRST.name / "app.py").write_text(solution, "utf-8")
    assert main(["learn", "check"]) == 0
    done = progress.load(folder).of(FIRST.name)
    assert done.solved is not None
    assert done.checks == 2
    capsys.readouterr()
    assert main(["learn", "--folder", str(folder)]) == 0
    told = capsys.readouterr().out
    assert f"1 of {len(exercises())} solved" in told
    assert f"open safety-exercises/{exercises()[1].name}" in told.replace(
        str(folder.parent) + "/", ""
    )


def test_a_file_that_is_gone_is_told_with_the_way_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / FIRST.name / "app.py").unlink()
    assert main(["learn", "check", "1"]) == 2
    assert f"safety-tests learn reset {FIRST.name}" in capsys.readouterr().out


REFUSALS = {
    "no folder": (["learn", "watch"], "safety-tests learn start"),
    "another folder": (["learn", "check", "--folder", "nowhere"], "learn start nowhere"),
    "board of nothing": (["learn", "board", "nowhere"], "is no folder"),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_says_what_to_do(
    case: tuple[list[str], str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, said = case
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_a_name_that_none_has_is_refused_with_all_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("99", "nothing", "lo", ""):
        assert main(["learn", "hint", name]) == 2
        assert "give a number or a name" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "taken").write_text("a file")
    assert main(["learn", "start", "taken"]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "other"}', '{"kind": 1' * 9], ids=repr)
def test_a_damaged_progress_file_is_told_and_kept(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "progress.json").write_text(text)
    assert main(["learn", "hint", "1"]) == 2
    assert "Move it away" in capsys.readouterr().err
    assert (folder / "progress.json").read_text() == text


def test_two_commands_at_the_same_time_lose_no_hint(folder: Path) -> None:
    def one_more(done: Done) -> Done:
        return replace(done, checks=done.checks + 1)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(progress.change, folder, FIRST.name, one_more) for _ in range(60)]
        assert all(job.result() for job in jobs)
    assert progress.load(folder).of(FIRST.name).checks == 60
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_a_break_is_no_work_and_a_solved_exercise_takes_no_more_time() -> None:
    done = progress.touched(Done(), 1_000.0)
    done = progress.touched(done, 1_060.0)
    assert done.seconds == 60
    done = progress.touched(done, 9_000.0)
    assert done.seconds == 60
    solved = replace(done, solved=9_000.0)
    assert progress.touched(solved, 9_100.0) == solved


def test_the_progress_file_is_for_people_too(folder: Path) -> None:
    progress.change(folder, FIRST.name, lambda done: done)
    data = json.loads((folder / "progress.json").read_text("utf-8"))
    assert (data["kind"], data["version"], data["learner"]) == ("safety-tests learn", 1, "Ada")
    assert len((folder / "progress.json").read_text("utf-8").splitlines()) > 5


def test_learn_needs_nothing_but_python_until_something_is_checked(here: Path) -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None\n"
        "from safety_tests.cli import main\n"
        "assert main(['learn', 'start']) == 0\n"
        "sys.exit(main(['learn', 'check']))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 2
    assert "the exercises need fastapi" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_find_prefers_the_whole_name() -> None:
    assert find("lock_order").name.endswith("lock_order")
