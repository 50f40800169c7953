"""A snapshot in, a file or a text out."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from loadtests.desk import Plan
from loadtests.reports import html, markdown, requests_file
from safety_tests.errors import UsageError


def write(options: Namespace, found: Mapping[str, Any], plan: Plan) -> None:
    """Write the reports that were asked for. Raises UsageError for a file that cannot be."""
    texts = {}
    if options.correctness_json:
        texts[options.correctness_json] = json.dumps(found, indent=1) + "\n"
    if options.correctness_markdown:
        texts[options.correctness_markdown] = markdown.render(found, options.correctness_leaked)
    if options.correctness_html:
        texts[options.correctness_html] = html.render(found, options.correctness_leaked)
    leaked = requests_file.entries(found, plan)
    if leaked and options.correctness_leaked:
        texts[options.correctness_leaked] = requests_file.render(leaked, plan)
    _write(texts)


def refuse(options: Namespace, found: Mapping[str, Any]) -> None:
    """Write that a run could not begin: the reports of an earlier one would be taken for its own.

    `found` is a snapshot before any run. Raises UsageError as `write` does.
    """
    why = " ".join(found["problems"])
    page = f"<!doctype html><html lang=en><title>Unproven</title><p>Unproven: {escape(why)}</html>"
    texts = {
        options.correctness_json: json.dumps(found, indent=1) + "\n",
        options.correctness_markdown: f"**Unproven.** {why}\n",
        options.correctness_html: page + "\n",
    }
    _write({path: text for path, text in texts.items() if path})


def _write(texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        try:
            Path(path).write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(
                f"expected to write a report into {path}; got {error.strerror}. Check the path."
            ) from None
