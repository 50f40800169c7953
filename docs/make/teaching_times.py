"""Measures how long the commands of a lesson take: `python docs/make/teaching_times.py [WORD ...]`.

It runs each three times in a scratch folder and writes the table of teaching.md; with words, only
the commands that hold one of them, and the other rows stay. The machine should have nothing else
to do. It needs what a laptop of the workshop has, Jupyter's kernel included.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from safety_tests.page import made, renew

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
PAGE = DOCS / "teaching.md"
MAKER = "docs/make/teaching_times.py"

RUNS = 3
LONGEST_SECONDS = 600

OURS = [sys.executable, "-m", "safety_tests"]
COMMANDS = {
    "safety-tests doctor": (0, 1),
    "safety-tests demo": (0,),
    "safety-tests check app:app --select S001": (1,),
    "safety-tests check app:app": (1,),
    "safety-tests zoo features_on_self --show": (0,),
    "safety-tests zoo double_load --show": (0,),
    "safety-tests puzzle shared_attributes/features_on_self": (0,),
    "safety-tests puzzle": (0,),
    "safety-tests learn start safety-exercises": (0,),
    "safety-tests learn check 1": (1,),
}
"""With the exit codes that each may have. `app` is the service of the README."""

EXECUTE = "import sys, jupytext, nbclient; nbclient.execute(jupytext.read(sys.argv[1]), cwd='.')"


def lessons() -> list[Path]:
    """The lessons of the plan."""
    return sorted((ROOT / "notebooks").glob("0[1-6]_*.py"))


def tasks() -> Iterator[tuple[str, list[str], tuple[int, ...]]]:
    """What is shown of a command, the command, and its exit codes."""
    for command, codes in COMMANDS.items():
        yield f"`{command}`", [*OURS, *command.split()[1:]], codes
    for lesson in lessons():
        yield f"all cells of `{lesson.stem}`", [sys.executable, "-c", EXECUTE, str(lesson)], (0,)


def seconds(command: list[str], codes: tuple[int, ...]) -> float:
    """The median of a few runs; raises SystemExit where one ends in another way than it should."""
    found = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), command)
            start = time.monotonic()
            done = run(command, folder)
            found.append(time.monotonic() - start)
        if done.returncode not in codes:
            said = (done.stdout + done.stderr)[-2000:]
            sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{said}")
    return median(found)


def prepare(folder: Path, command: list[str]) -> None:
    """What a command finds in its folder: the service, and the exercises where it is about them."""
    readme = (ROOT / "README.md").read_text("utf-8")
    (folder / "app.py").write_text(readme.split("```python\n")[1].split("```")[0], "utf-8")
    if "learn" in command and "start" not in command:
        run([*OURS, "learn", "start", "safety-exercises"], folder)


def run(command: list[str], folder: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'notebooks'}"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )


def table(words: list[str], old: str) -> str:
    """The table, with the rows of `old` where a command holds none of the words."""
    rows = dict(re.findall(r"^\| (.*`.*) \| (\d+\.\d) \|$", old, re.MULTILINE))
    for shown, command, codes in tasks():
        if not words or any(word in shown for word in words):
            rows[shown] = f"{seconds(command, codes):.1f}"
            print(f"{rows[shown]:>6} s  {shown}", flush=True)
    lines = [f"| {shown} | {rows[shown]} |\n" for shown, _, _ in tasks() if shown in rows]
    return "| command | seconds |\n|---|---|\n" + "".join(lines) + f"\n{machine()}\n"


def machine() -> str:
    """What it was measured on, and whether others wanted its cores too."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[1]
    said = f"On {cores} cores, with Python {platform.python_version()}."
    if load > cores:
        said += f" The machine was busy (a load of {load:.0f}); alone it is faster."
    return said


if __name__ == "__main__":
    renew(PAGE, MAKER, table(sys.argv[1:], made(PAGE, MAKER)))
