"""What the gate says of each style of the sample service."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.requests import load
from safety_tests.tests.conftest import ROOT, case, told
from safety_tests.verdict import Report, Verdict

SETTINGS = Settings(budget=120.0, preemptions=1, random_schedules=10, crowds=3, latent=False)
STYLES = ("inline", "threads", "coalesced", "trees", "compiled")


@pytest.fixture
def keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Lets the service find a model of iris."""
    from sklearn.datasets import load_iris

    from sample_service.store import write_model

    iris = load_iris()

    def fit(model: Any) -> None:
        model.fit(iris.data, iris.target_names[iris.target])
        write_model(tmp_path, model, "1", iris.feature_names)

    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    return fit


def run(style: str, **settings: Any) -> Report:
    requests = load(ROOT / "sample_service" / "requests.json")
    app = f"sample_service.styles.{style}:app"
    return run_checks(app, ROOT, requests, Settings(**{**vars(SETTINGS), **settings}))


@pytest.mark.parametrize("style", [case(one, one != "inline", one) for one in STYLES])
def test_every_style_serves_a_forest_without_a_finding(
    style: str, keep: Callable[[Any], None]
) -> None:
    from sklearn.ensemble import RandomForestClassifier

    keep(RandomForestClassifier(10, random_state=0))
    report = run(style)
    assert not report.findings, "\n".join(map(told, report.findings))
    assert report.verdict is Verdict.PASS, report.checks


@pytest.mark.parametrize("style", [case(one, one != "coalesced", one) for one in STYLES])
def test_in_a_batch_the_last_bits_of_a_linear_model_depend_on_the_company(
    style: str, keep: Callable[[Any], None]
) -> None:
    from sklearn.linear_model import LogisticRegression

    keep(LogisticRegression(max_iter=1000))
    report = run(style, select="S001")
    in_batches = style not in ("inline", "threads")
    assert report.verdict is (Verdict.FAIL if in_batches else Verdict.PASS), report.checks
    for finding in report.findings:
        assert "$.prob" in finding.summary, told(finding)
