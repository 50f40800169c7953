"""Puts the Correctness tab into Locust's web UI, by what Locust offers for it where it does.

Locust documents tabs of tables (`extended_tabs`, `extended_tables` and `extended_stats` in its
example of an extended web UI): such a table is what the page begins with. Our script, which the
page loads before Locust's own, then names a custom element as the component of the tab. React
makes an element of any name, so this needs no build and no copy of Locust; but nobody promises
it. Where the script does not run or the element is not shown, the table remains.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
from flask import Blueprint, Response, request, send_from_directory

from loadtests.webui.view import COLUMNS, lines, rows, view

if TYPE_CHECKING:
    from locust.web import WebUI

    from loadtests.control import Control

KEY, TITLE = "correctness", "Correctness"
BROWSER = Path(__file__).with_name("browser")
SCRIPT = f'<script type="module" src="./{KEY}/tab.js"></script>'


def install(web_ui: WebUI, control: Control) -> None:
    """Add the tab, its addresses below `/correctness`, and the line that loads its script.

    To be called before the web server starts, in the process that collects.
    """
    assert web_ui.app is not None
    base = (control.options.web_base_path or "").rstrip("/")
    _announce(web_ui.template_args)
    web_ui.app.register_blueprint(_addresses(web_ui, control, f"{base}/{KEY}"))

    @web_ui.app.after_request
    def extend(response: Response) -> Response:
        if response.status_code != 200:
            return response
        if request.path == f"{base}/" and response.mimetype == "text/html":
            # Before Locust's own script, which reads what ours changes.
            page = response.get_data(as_text=True)
            response.set_data(page.replace("<head>", f"<head>{SCRIPT}", 1))
        elif request.path == f"{base}/stats/requests" and response.is_json:
            _add_rows(response, control)
        return response

    @control.environment.events.test_stop.add_listener
    def ask_again(**_: Any) -> None:
        # It may take seconds, for which no page should have to wait.
        gevent.spawn(control.snapshot)


def _announce(args: dict[str, Any]) -> None:
    """Tell the page of the tab, beside the tabs of others."""
    structure = [{"key": key, "title": title} for key, title in COLUMNS.items()]
    ours = {
        "extended_tabs": {"key": KEY, "title": TITLE},
        "extended_tables": {"key": KEY, "structure": structure},
        "extended_csv_files": {
            "href": f"./{KEY}/snapshot.ndjson",
            "title": "Download correctness NDJSON",
        },
    }
    for name, one in ours.items():
        args[name] = [*args.get(name, []), one]


def _add_rows(response: Response, control: Control) -> None:
    report = response.get_json()
    tables = report.setdefault("extended_stats", [])
    # Locust gives out the same response for two seconds: then our rows are in it.
    if all(one["key"] != KEY for one in tables):
        tables.append({"key": KEY, "data": rows(control.snapshot(ask=False))})
        response.set_data(json.dumps(report))


def _addresses(web_ui: WebUI, control: Control, prefix: str) -> Blueprint:
    """With a login wherever Locust's own addresses have one."""
    addresses = Blueprint(KEY, __name__, url_prefix=prefix)

    @addresses.get("/snapshot")
    @web_ui.auth_required_if_enabled
    def snapshot() -> dict[str, Any]:
        running = control.desk.plan is not None and control.desk.ended is None
        return view(control.snapshot(ask=False), running)

    @addresses.get("/start")
    @web_ui.auth_required_if_enabled
    def start() -> dict[str, Any]:
        runner = control.environment.runner
        return {"state": runner and runner.state, "refusal": control.refusal}

    @addresses.get("/snapshot.ndjson")
    @web_ui.auth_required_if_enabled
    def download() -> Response:
        found = control.snapshot(ask=False)
        name = f"correctness_{int(found.get('started', 0))}.ndjson"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(lines(found), mimetype="application/x-ndjson", headers=headers)

    @addresses.get("/<name>.js")
    @web_ui.auth_required_if_enabled
    def script(name: str) -> Response:
        return send_from_directory(BROWSER, f"{name}.js", mimetype="text/javascript")

    return addresses
