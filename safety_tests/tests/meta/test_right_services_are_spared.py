"""Each healthy twin and each right service passes every check, within the bound, none unproven.

With one preemption: two take five seconds and more for many of them, and belong to the command
`safety-tests zoo`.
"""

import pytest

from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.requests import load
from safety_tests.tests.conftest import ROOT, case, told
from safety_tests.tests.meta.conftest import ALL, name, run
from safety_tests.verdict import Verdict
from safety_tests.zoo import Hazard

SETTINGS = Settings(budget=120.0, preemptions=1, random_schedules=10, crowds=3, latent=False)


LONG = "worker_thread_queue"
"""Its thread dies with every fork, so each execution starts the app anew."""

QUICK = [one for one in ALL if not one.twin and one.name != LONG][::3]
"""All take minutes together; the others wait for `-m slow`, and belong to `safety-tests zoo`."""


@pytest.mark.parametrize("hazard", [case(one, one not in QUICK, name(one)) for one in ALL])
def test_a_right_service_passes_completely(hazard: Hazard) -> None:
    report = run(hazard, "healthy", SETTINGS)
    assert not report.findings, "\n".join(map(told, report.findings))
    assert {check.verdict for check in report.checks} == {Verdict.PASS}, report.checks
    assert all(check.schedules == check.schedules_total for check in report.checks), report.checks


@pytest.fixture
def trained(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    from sample_service.train import train

    folder = tmp_path_factory.mktemp("model")
    train(folder)
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(folder))


def test_the_sample_service_passes_completely(trained: None) -> None:
    requests = load(ROOT / "sample_service" / "requests.json")
    report = run_checks("sample_service.app:app", ROOT, requests, SETTINGS)
    assert not report.findings, "\n".join(map(told, report.findings))
    assert report.verdict is Verdict.PASS, report.checks


def test_the_sample_service_passes_with_requests_drawn_from_its_schema(trained: None) -> None:
    report = run_checks("sample_service.app:app", ROOT, None, SETTINGS)
    assert not report.findings, "\n".join(map(told, report.findings))
    assert report.verdict is Verdict.PASS, report.checks
    drawn = [note for note in report.notes if note.startswith("drawn from the OpenAPI schema: ")]
    assert any("POST /predict #1: POST /predict {" in note for note in drawn), report.notes


def test_the_textbook_service_loads_its_model_forty_times(trained: None) -> None:
    requests = load(ROOT / "sample_service" / "requests.json")
    report = run_checks("sample_service.textbook:app", ROOT, requests, Settings(select="S003"))
    (finding,) = report.findings
    assert finding.code == "S003"
    assert finding.replayed == "3/3"
    assert "load_model()" in finding.summary
    assert any("40 first requests at once build it 40 times" in s for s in finding.explanation)
