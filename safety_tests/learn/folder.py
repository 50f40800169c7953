"""The learner's folder: made by `start`, put right by `reset`; nothing of the learner's is lost."""

from __future__ import annotations

import getpass
import os
import shutil
import time
from pathlib import Path
from textwrap import fill

from safety_tests.errors import UsageError
from safety_tests.learn import progress
from safety_tests.learn.catalogue import BROKEN, REQUESTS, Exercise, exercises
from safety_tests.learn.progress import FILE, Progress

DEFAULT = "safety-exercises"
STORY = "story.md"


def find(given: str | None) -> Path | None:
    """The learner's folder: the one given, the current one, or the default below; None without."""
    if given is not None:
        folder = Path(given)
        if not (folder / FILE).is_file():
            raise UsageError(
                f"{folder} holds no exercises ({FILE} is missing);"
                f" `safety-tests learn start {folder}` puts them there"
            )
        return folder
    for folder in (Path(), Path("..").resolve(), Path(DEFAULT)):
        if (folder / FILE).is_file() and _ours(folder):
            return folder
    return None


def must_find(given: str | None) -> Path:
    """As `find`; raises UsageError where there is none."""
    folder = find(given)
    if folder is None:
        raise UsageError(
            f"there are no exercises here or in ./{DEFAULT}; `safety-tests learn start` puts them"
            " there, and --folder names another place"
        )
    return folder


def _ours(folder: Path) -> bool:
    """Many programs call a file progress.json."""
    return any((folder / one.name).is_dir() for one in exercises())


def start(folder: Path, learner: str | None) -> Progress:
    """Copy what is not there yet, and begin a progress file; files that are there are kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for exercise in exercises():
            _copy(exercise, folder / exercise.name)
    except OSError as error:
        raise UsageError(f"the exercises cannot be written to {folder}: {error.strerror}") from None
    if (folder / FILE).exists():
        return progress.load(folder)
    return progress.create(folder, learner or login_name())


def _copy(exercise: Exercise, to: Path) -> None:
    to.mkdir(exist_ok=True)
    for name in (BROKEN, REQUESTS):
        if not (to / name).exists():
            shutil.copyfile(exercise.folder / name, to / name)
    if not (to / STORY).exists():
        (to / STORY).write_text(story(exercise), "utf-8")


def story(exercise: Exercise) -> str:
    """The page that lies beside the service."""
    aims = "".join(f"- {one}\n" for one in exercise.objectives)
    return (
        f"# {exercise.number}. {exercise.title}\n\n{fill(exercise.story, 88)}\n\n"
        f"**Before you change anything:** {exercise.question}\n\n"
        f"About {exercise.minutes} minutes. Afterwards you can\n\n{aims}\n"
        f"Mend `{BROKEN}`. The requests in `{REQUESTS}` show the fault; your service must answer"
        f" others as well.\n"
    )


def reset(folder: Path, exercise: Exercise) -> Path | None:
    """Put the broken service back; returns where the learner's was put, None if there was none."""
    file = folder / exercise.name / BROKEN
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        kept = None
        if file.exists() and file.read_bytes() != exercise.source().encode():
            kept = _beside(file)
            os.rename(file, kept)
        fresh = file.with_name(f".{file.name}.fresh")
        fresh.write_text(exercise.source(), "utf-8")
        os.replace(fresh, file)
        _copy(exercise, file.parent)
    except OSError as error:
        raise UsageError(f"{file} cannot be put back: {error.strerror}") from None
    return kept


def _beside(file: Path) -> Path:
    """A name with the time in it that nobody has yet."""
    stamp = time.strftime("%Y-%m-%d_%H-%M-%S")
    name = file.with_name(f"{file.stem}_{stamp}{file.suffix}")
    number = 2
    while name.exists():
        name = file.with_name(f"{file.stem}_{stamp}_{number}{file.suffix}")
        number += 1
    return name


def login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "learner"  # a container may have no name for its user
