"""First contact: a safe service passes, the textbook fails, a planted race is shown."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from safety_tests.errors import UsageError
from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.progress import Ticker
from safety_tests.report.text import as_text
from safety_tests.requests import load, parse
from safety_tests.verdict import Report, Verdict

ROOT = Path(__file__).resolve().parents[1]
RACE = "safety_tests.zoo.shared_attributes.features_on_self"


def demo() -> int:
    """Run the three acts; 0 when each ended as it should, 1 otherwise."""
    for needed in ("fastapi", "sklearn"):
        if find_spec(needed) is None:
            raise UsageError(f"the demo needs {needed}: pip install 'stateless-serving[demo]'")
    with _trained_model(), Ticker() as ticker:
        print("1. A model was trained; sample_service serves it.\n")
        requests = load(ROOT / "sample_service" / "requests.json")
        safe = run_checks("sample_service.app:app", ROOT, requests, Settings(), ticker.tick)
        print(as_text(safe))
        print("2. The same model, served as the textbooks do it: lru_cache does not lock.\n")
        textbook = run_checks(
            "sample_service.textbook:app", ROOT, requests, Settings(select="S003"), ticker.tick
        )
        print(as_text(textbook))
    race = _race(Settings(select="S001"))
    print("3. A race that tests and load do not see: features kept on self.\n")
    print(as_text(race))
    print("Try next:")
    print("  safety-tests check your_module:app     the gate on a service of your own")
    print(f"  {race.findings[0].replay if race.findings else 'safety-tests zoo'}")
    as_expected = (
        safe.verdict is Verdict.PASS
        and textbook.verdict is Verdict.FAIL
        and race.verdict is Verdict.FAIL
    )
    return 0 if as_expected else 1


def _race(settings: Settings) -> Report:
    from safety_tests.zoo.shared_attributes import features_on_self

    requests = parse(features_on_self.REQUESTS, "the zoo")
    return run_checks(f"{RACE}:mutant", ROOT, requests, settings)


@contextmanager
def _trained_model() -> Iterator[None]:
    """Train the sample model in a folder that is gone afterwards."""
    from sample_service.train import train

    before = os.environ.get("SAMPLE_SERVICE_MODEL_DIR")
    with tempfile.TemporaryDirectory(prefix="safety-tests-demo-") as name:
        train(Path(name))
        os.environ["SAMPLE_SERVICE_MODEL_DIR"] = name
        try:
            yield
        finally:
            if before is None:
                del os.environ["SAMPLE_SERVICE_MODEL_DIR"]
            else:
                os.environ["SAMPLE_SERVICE_MODEL_DIR"] = before
