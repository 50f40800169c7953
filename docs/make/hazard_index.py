"""The pages that lead to those of single services: of a group, of a check, and of all."""

from collections.abc import Iterable, Sequence

from hazard_links import projects
from hazard_source import exhibit, group_name, said_of_group

from safety_tests.checks import CHECKS
from safety_tests.zoo import Hazard

INTRODUCTION = """# One page for each fault

Each page shows a small service that is wrong in one way, the order of lines that shows it, and its
smallest repair, with what the gate says of both. [The zoo](../zoo.md) lists them by group; here
they stand by what you see, and by where they were met. `python docs/make/hazard_pages.py` writes
all of these pages, this one included, from the zoo and from what the gate finds there."""


def index(hazards: Sequence[Hazard]) -> str:
    """The page that leads to all: by promise, by where it was met, and by group."""
    groups = dict.fromkeys(hazard.group for hazard in hazards)
    tree = _tree(f"{group}/index" for group in groups)
    return "\n\n".join([INTRODUCTION, _by_check(hazards), _by_project(hazards), tree]) + "\n"


def group_page(group: str, members: Sequence[Hazard]) -> str:
    """The page of one group, whose services are `members`."""
    name = group_name(group)
    lines = "\n".join(f"- [{exhibit(one.module).title}]({one.name}.md)" for one in members)
    parts = [f"# {name[0].upper()}{name[1:]}", said_of_group(group), lines]
    return "\n\n".join([*parts, _tree(one.name for one in members)]) + "\n"


def examples(code: str, hazards: Sequence[Hazard]) -> str:
    """The services that break a check, for the page of the check."""
    return "".join(
        f"- [{exhibit(one.module).title}](../hazards/{one.group}/{one.name}.md)"
        + (" (missed)" if one.missed else "")
        + "\n"
        for one in hazards
        if code in one.codes
    )


def _by_check(hazards: Sequence[Hazard]) -> str:
    rows = "".join(
        f"| {check.promise} | [{check.code}](../checks/{check.code}.md) | "
        + ", ".join(_link(one) for one in hazards if check.code in one.codes)
        + " |\n"
        for check in CHECKS
    )
    right = ", ".join(_link(one) for one in hazards if not one.twin)
    return (
        "## By the promise that is broken\n\n"
        f"| promise | check | services that break it |\n|---|---|---|\n{rows}\n"
        f"## Right, and suspicious\n\nThey look broken, and no check accuses them: {right}."
    )


def _by_project(hazards: Sequence[Hazard]) -> str:
    met: dict[str, list[str]] = {}
    for hazard in hazards:
        for project in projects(exhibit(hazard.module).seen):
            met.setdefault(project, []).append(_link(hazard))
    rows = "".join(
        f"| {project} | {', '.join(names)} |\n"
        for project, names in sorted(met.items(), key=lambda one: one[0].lower())
    )
    return (
        "## By where it was met\n\nEach page links to the reports in public. A service of the zoo"
        " is a few lines with the same fault; it is not the code of the project.\n\n"
        f"| project | services |\n|---|---|\n{rows}"
    ).rstrip()


def _tree(pages: Iterable[str]) -> str:
    """What a site builder reads as the table of contents."""
    return "```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```"


def _link(hazard: Hazard) -> str:
    """A link to the page of a hazard, from the folder of these pages."""
    return f"[`{hazard.name}`]({hazard.group}/{hazard.name}.md)"
