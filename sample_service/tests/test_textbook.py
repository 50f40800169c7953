"""The exhibit must show what its docstring says, or it teaches nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from sample_service import textbook
from sample_service.tests.client import ROW, ask


def test_it_answers_a_right_request() -> None:
    answer = ask("POST", "/predict", textbook.app, json={"features": ROW})
    assert (answer.status_code, answer.json()) == (200, {"prediction": "setosa"})
    assert ask("GET", "/health", textbook.app).json() == {"status": "ok"}


def test_it_agrees_with_the_service_on_the_requests_kept_for_both() -> None:
    kept = json.loads((Path(textbook.__file__).parent / "requests.json").read_bytes())["requests"]
    for request in kept:
        options = {"json": request["json"]}
        exhibit = ask(request["method"], request["path"], textbook.app, **options)
        service = ask(request["method"], request["path"], **options)
        assert exhibit.json()["prediction"] == service.json()["label"] == request["name"]


def test_two_threads_that_call_cold_together_both_load(monkeypatch: pytest.MonkeyPatch) -> None:
    both_loading = Barrier(2)
    load = textbook.ModelPredictor.__init__

    def load_in_company(predictor: textbook.ModelPredictor) -> None:
        both_loading.wait(30)  # passed only when the other one is loading, too
        load(predictor)

    monkeypatch.setattr(textbook.ModelPredictor, "__init__", load_in_company)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: textbook.load_model(), range(2))
    assert first is not second


@pytest.mark.parametrize("body", [{}, {"features": None}, {"features": [1e39, 1, 1, 1]}])
def test_it_turns_a_bad_request_into_a_500(body: dict[str, object]) -> None:
    assert ask("POST", "/predict", textbook.app, json=body).status_code == 500
