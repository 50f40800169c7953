"""Writes the tables of api.md from the code: `python docs/make/reference.py`.

The flags come from the command line's own help, the options of pytest from the plugin.
"""

import argparse
from pathlib import Path
from typing import Any

from _pytest.config.argparsing import Parser

from safety_tests.cli import _parser
from safety_tests.page import renew
from safety_tests.plugin import pytest_addoption

PAGE = Path(__file__).resolve().parents[1] / "api.md"
MAKER = "docs/make/reference.py"
OTHER_COMMANDS = "learn", "puzzle", "pack", "doctor"
"""They have pages of their own."""


def commands() -> str:
    """Each command of the gate with its arguments, as `--help` has them."""
    (subcommands,) = (a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    parts = []
    for said in subcommands._choices_actions:
        if said.dest in OTHER_COMMANDS:
            continue
        arguments = [a for a in subcommands.choices[said.dest]._actions if a.dest != "help"]
        table = (
            "| argument | what it does |\n|---|---|\n" + "".join(map(_row, arguments))
            if arguments
            else ""
        )
        parts.append(f"### {said.dest}\n\n{_sentence(said.help)}\n\n{table}")
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _row(argument: argparse.Action) -> str:
    name = argument.metavar or argument.dest
    if not argument.option_strings:
        return f"| `{name}` | {argument.help or ''} |\n"
    value = "" if argument.nargs == 0 else f" {name}"
    flags = " ".join(f"`{flag}{value}`" for flag in argument.option_strings)
    return f"| {flags} | {argument.help or ''} |\n"


def _sentence(text: Any) -> str:
    return f"{str(text)[0].upper()}{str(text)[1:]}."


def pytest_options() -> str:
    """The option of the plugin and the settings of its ini file."""
    parser = Parser(_ispytest=True)
    pytest_addoption(parser)
    rows = [
        f"| `{option.names()[0]} {option.attrs()['metavar']}` | {option.attrs()['help']} |\n"
        for group in parser._groups
        for option in group.options
    ]
    rows += [
        f"| `{name}`, in the ini file | {said[0]} |\n" for name, said in parser._inidict.items()
    ]
    return "| option | what it does |\n|---|---|\n" + "".join(rows)


TABLES = {f"{MAKER}: {made.__name__}": made for made in (commands, pytest_options)}

if __name__ == "__main__":
    for maker, made in TABLES.items():
        renew(PAGE, maker, made())
