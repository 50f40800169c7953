"""What an attack cost."""

from dataclasses import dataclass, field
from pathlib import Path

MOST_SHOWN = 5


@dataclass
class Toll:
    """The count of one attack; `wrong` and `failed` name the inputs that did harm."""

    attack: str
    inputs: int = 0
    checked: int = 0
    """Right requests sent in between, each answer compared with the model's byte for byte."""
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Answers of status 500, and others of 5xx where none is due."""
    grown_mb: float | None = None

    def __str__(self) -> str:
        memory = "" if self.grown_mb is None else f", memory {self.grown_mb:+.1f} MB"
        return (
            f"{self.attack}: {self.inputs:,} inputs, {self.checked:,} right requests checked: "
            f"{len(self.wrong)} wrong, {len(self.failed)} of status 500{memory}"
        )

    def must_be_nothing(self, most_mb: float = 0) -> None:
        """Raise AssertionError with the first few inputs that did harm."""
        harm = [*self.wrong, *self.failed]
        assert not harm, "\n".join([str(self), *harm[:MOST_SHOWN]])
        assert self.checked > 0, f"{self}: nothing was checked"
        assert self.grown_mb is None or self.grown_mb <= most_mb, f"{self}, allowed {most_mb}"


def resident_mb(pid: int) -> float:
    """Return the memory of a process in the sense of RSS."""
    (line,) = [
        one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in one
    ]
    return int(line.split()[1]) / 1024
