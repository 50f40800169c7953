"""A run on one page of Markdown, which reads well as plain text too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadtests.reports import requests_file

SHOWN = 5

HEADLINES = {
    "right": "every checked answer was right",
    "wrong": "WRONG ANSWERS",
    "failed": "no wrong answer, but HTTP errors",
    "unproven": "this run proves nothing",
}


def render(found: Mapping[str, Any], leaked: str = "leaked.json") -> str:
    """`leaked` is the file that holds the requests to give to the gate."""
    lines = [f"# Correctness: {HEADLINES[found['verdict']]}", ""]
    lines += [f"- **{problem}**" for problem in found["problems"]]
    if "sent" not in found:
        return "\n".join([*lines, ""])
    lines += [f"- {sentence(found)}", f"- {confidence(found)}", ""]
    lines += _endpoints(found) + _wrong(found, leaked)
    if found["error_kinds"]:
        kinds = ", ".join(f"{count} of {kind}" for kind, count in found["error_kinds"].items())
        lines += [f"HTTP errors: {kinds}.", ""]
    lines += [f"- {note}" for note in found["notes"]]
    lines += [
        "",
        setting(found),
        "",
    ]
    return "\n".join(lines)


def setting(found: Mapping[str, Any]) -> str:
    """What was loaded, for how long, and with what."""
    return (
        f"{found['scenario']} against {found['host']}, {found['run_seconds']:.1f} s; requests of "
        f"{found['requests']}; expected answers from {found['origin']}; Locust "
        f"{found['locust']}, Python {found['python']}."
    )


def sentence(found: Mapping[str, Any]) -> str:
    """What became of all requests that were sent."""
    return (
        f"{found['sent']} requests sent: {found['checked']} answers checked, "
        f"{found['wrong']} of them wrong ({found['leaked']} were the answer of another request, "
        f"{found['unexplained']} nobody's, "
        f"{found['repeated'] + found['repeated_between_processes']} repeated a unique field); "
        f"{found['errors']} HTTP errors, {found['dropped']} without an answer at the end."
    )


def confidence(found: Mapping[str, Any]) -> str:
    """What the counts allow to say of the rate of wrong answers."""
    bound = found["upper_bound"]
    if bound is None:
        return "Nothing was checked, so nothing can be said of the rate of wrong answers."
    return (
        f"Under this load the rate of wrong answers is below {bound:.2g} with 95 % confidence "
        "(Clopper-Pearson, if requests are hit independently)."
    )


def _endpoints(found: Mapping[str, Any]) -> list[str]:
    lines = [
        "| endpoint | sent | checked | wrong | errors | under way together | in company |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, one in found["endpoints"].items():
        together = ", ".join(f"{step}: {count}" for step, count in one["together"].items())
        lines.append(
            f"| {name} | {one['sent']} | {one['checked']} | {one['wrong']} | {one['errors']} "
            f"| {together} | {one['in_company']:.0%} |"
        )
    return [*lines, ""]


def _wrong(found: Mapping[str, Any], leaked: str) -> list[str]:
    wrong = [i for i in found["sample"] if i["kind"] != "errors"][:SHOWN]
    if not wrong:
        return []
    lines = [f"{len(wrong)} of the {found['wrong']} wrong answers:", ""]
    for item in wrong:
        lines += [
            f"- {item['text']}",
            f"  - expected `{item['expected']}`",
            f"  - got `{item['got']}`",
        ]
    if leaked:
        lines += ["", f"To see how it comes about: `{requests_file.command(leaked)}`"]
    return [*lines, ""]
