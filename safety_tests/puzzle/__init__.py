"""You are the scheduler: a page on which a person chooses which request runs the next line.

Nothing on the page is simulated. Every order of the requests was executed by the engine, and the
page walks over what was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def puzzle_page(
    names: Sequence[str] = (), progress: Callable[[str], None] = lambda _text: None
) -> str:
    """A page of HTML with the puzzles of these services of the zoo (`group/hazard`), else of ten.

    It needs no other file and fetches nothing. Making it takes some seconds for each puzzle, which
    `progress` is told of. Raises UsageError for an unknown name, and for a service that is no
    puzzle, since no order of lines breaks it or since there are too many orders.
    """
    from safety_tests.puzzle.build import zoo_page

    return zoo_page(names, progress=progress)
