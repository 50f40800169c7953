"""Ties the oracle to Locust's events. Importing this module imports Locust, and so gevent."""

from __future__ import annotations

import traceback
from argparse import ArgumentParser
from types import TracebackType
from typing import Any
from weakref import WeakKeyDictionary

import gevent
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from loadtests import options
from loadtests.control import SLACK_SECONDS, Control
from loadtests.fail_fast import end_at_first_failure
from loadtests.reports import markdown
from loadtests.webui import tab
from safety_tests.errors import UsageError

_controls: WeakKeyDictionary[Environment, Control] = WeakKeyDictionary()


def control(environment: Environment) -> Control:
    """The control of a Locust environment. Whoever shows the run calls its `snapshot()`."""
    return _controls[environment]


@events.init_command_line_parser.add_listener
def _on_parser(parser: ArgumentParser, **_: Any) -> None:
    options.add(parser)


@events.init.add_listener
def _on_init(environment: Environment, runner: Any, **_: Any) -> None:
    here = _controls[environment] = Control(environment)
    environment.stop_timeout = environment.stop_timeout or here.options.correctness_drain
    if isinstance(runner, WorkerRunner):
        runner.register_message("correctness-begin", lambda msg, **_: here.receive(msg.data))
        # In a greenlet of its own: it waits for users, and messages must still be read.
        runner.register_message("correctness-finish", lambda **_: here.finish(), concurrent=True)
        return
    if isinstance(runner, MasterRunner):
        runner.register_message("correctness-welcome", lambda msg, **_: here.welcome(msg.node_id))
        runner.register_message(
            "correctness-final", lambda msg, **_: here.desk.enter(msg.node_id, msg.data)
        )
    if environment.web_ui is not None:
        tab.install(environment.web_ui, here)
    if here.headless:
        try:
            here.prepare()
        except UsageError as error:
            here.refuse(str(error))
            _send_workers_home(runner, here.options.processes or 0)
            raise SystemExit(2) from None


def _send_workers_home(runner: Any, processes: int) -> None:
    """Locust ends its forked workers by a message only: one not connected yet would miss it."""
    if isinstance(runner, MasterRunner):
        with gevent.Timeout(SLACK_SECONDS, False):
            while len(runner.clients) < processes:
                gevent.sleep(0.05)
        runner.quit()


@events.test_start.add_listener
def _on_test_start(environment: Environment, **_: Any) -> None:
    # A worker may be told to start before its `init`; it begins when its master has said what.
    if environment in _controls and not isinstance(environment.runner, WorkerRunner):
        here = control(environment)
        here.begin()
        if here.options.correctness_fail_fast:
            gevent.spawn(end_at_first_failure, here)


@events.spawning_complete.add_listener
def _on_spawning_complete(**_: Any) -> None:
    for environment, here in _controls.items():
        here.stats_reset = here.stats_reset or environment.reset_stats


@events.reset_stats.add_listener
def _on_reset_stats(**_: Any) -> None:
    for here in _controls.values():
        here.stats_reset = True


@events.report_to_master.add_listener
def _on_report_to_master(data: dict[str, Any], **_: Any) -> None:
    for here in _controls.values():
        data["correctness"] = here.desk.report(final=here.desk.ended is not None)


@events.worker_report.add_listener
def _on_worker_report(client_id: str, data: dict[str, Any]) -> None:
    for here in _controls.values():
        here.desk.enter(client_id, data.get("correctness"))


@events.user_error.add_listener
def _on_user_error(exception: BaseException, tb: TracebackType, **_: Any) -> None:
    """A task that raises may have sent nothing that was judged."""
    text = "".join(traceback.format_exception(type(exception), exception, tb))
    for here in _controls.values():
        here.crashed(text)


@events.test_stopping.add_listener
def _on_test_stopping(environment: Environment, **_: Any) -> None:
    if environment in _controls:
        control(environment).gather()


@events.test_stop.add_listener
def _on_test_stop(environment: Environment, **_: Any) -> None:
    if environment in _controls and not isinstance(environment.runner, MasterRunner):
        control(environment).close()


@events.quitting.add_listener
def _on_quitting(environment: Environment, **_: Any) -> None:
    if environment not in _controls:
        return
    if isinstance(environment.runner, WorkerRunner):
        control(environment).leave()
    else:
        control(environment).quit()


@events.quit.add_listener
def _on_quit(**_: Any) -> None:
    for here in _controls.values():
        if here.result is not None:
            print(markdown.render(here.result, here.options.correctness_leaked))
