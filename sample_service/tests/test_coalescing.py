import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from sample_service.coalescing import MOST_ROWS, Coalescer
from sample_service.predictor import FeatureError, ModelPredictor, Prediction, Rows, public_api
from sample_service.store import read_model
from sample_service.train import VERSION

POISON = 13.0
IRIS: list[list[float]] = load_iris().data.tolist()


class Batches:
    """The model, noting the size of each batch; it refuses a batch with a poisoned row."""

    def __init__(self, probabilities: object) -> None:
        self.sizes: list[int] = []
        self._probabilities = probabilities

    def __call__(self, rows: Rows) -> Rows:
        self.sizes.append(len(rows))
        if POISON in rows:
            raise ValueError("poison")
        found: Rows = self._probabilities(rows)  # type: ignore[operator]
        return found


@pytest.fixture
def predictor(trained: Path) -> ModelPredictor:
    model, manifest = read_model(trained, VERSION)
    return ModelPredictor(Batches(public_api(model)), manifest)


def sizes(predictor: ModelPredictor) -> list[int]:
    assert isinstance(predictor.probabilities, Batches)
    return predictor.probabilities.sizes


def ask_together(
    predictors: Sequence[ModelPredictor], rows: Sequence[Sequence[float]]
) -> list[Prediction | BaseException]:
    async def ask() -> list[Prediction | BaseException]:
        shared = Coalescer()
        questions = map(shared.predict, predictors, rows)
        return await asyncio.wait_for(asyncio.gather(*questions, return_exceptions=True), 30)

    return asyncio.run(ask())


def test_rows_that_arrive_together_are_one_batch_and_each_gets_its_own_answer(
    predictor: ModelPredictor,
) -> None:
    rows = IRIS[::3]
    together = ask_together([predictor] * len(rows), rows)
    assert sizes(predictor) == [len(rows)]
    assert together == [predictor.predict(row) for row in rows]


def test_a_crowd_is_answered_in_batches_of_the_largest_size(predictor: ModelPredictor) -> None:
    together = ask_together([predictor] * len(IRIS), IRIS)
    assert sizes(predictor) == [MOST_ROWS, MOST_ROWS, len(IRIS) - 2 * MOST_ROWS]
    assert together == [predictor.predict(row) for row in IRIS]


def test_a_lone_row_waits_for_nobody(predictor: ModelPredictor) -> None:
    assert ask_together([predictor], IRIS[:1]) == [predictor.predict(IRIS[0])]


def test_a_row_that_the_model_refuses_fails_alone(predictor: ModelPredictor) -> None:
    rows = [*IRIS[:5], [POISON] * 4, *IRIS[5:10]]
    together = ask_together([predictor] * len(rows), rows)
    refused = together.pop(5)
    assert isinstance(refused, FeatureError)
    assert together == [predictor.predict(row) for row in IRIS[:10]]


def test_a_row_that_does_not_fit_is_refused_before_it_can_join_a_batch(
    predictor: ModelPredictor,
) -> None:
    refused, answered = ask_together([predictor] * 2, [[1.0], IRIS[0]])
    assert isinstance(refused, FeatureError)
    assert answered == predictor.predict(IRIS[0])
    assert sizes(predictor)[0] == 1


def test_in_a_switch_every_row_is_answered_by_the_version_it_was_given(
    predictor: ModelPredictor,
) -> None:
    def reversed_classes(rows: Rows) -> Rows:
        return predictor.probabilities(rows)[:, ::-1]

    other = dataclasses.replace(predictor, probabilities=reversed_classes)
    rows = IRIS[::3]
    asked = [predictor if i % 2 else other for i in range(len(rows))]
    expected = [one.predict(row) for one, row in zip(asked, rows, strict=True)]
    assert ask_together(asked, rows) == expected


def test_a_client_that_goes_away_harms_nobody_in_its_batch(predictor: ModelPredictor) -> None:
    async def ask() -> list[Prediction]:
        shared = Coalescer()
        questions = [asyncio.create_task(shared.predict(predictor, row)) for row in IRIS[:3]]
        await asyncio.sleep(0)
        questions[1].cancel()
        return [await questions[0], await questions[2]]

    assert asyncio.run(ask()) == [predictor.predict(IRIS[0]), predictor.predict(IRIS[2])]
    assert sizes(predictor)[0] == 2


def test_a_batch_whose_clients_have_all_gone_is_not_computed(predictor: ModelPredictor) -> None:
    async def ask() -> Prediction:
        shared = Coalescer()
        gone = asyncio.create_task(shared.predict(predictor, IRIS[0]))
        await asyncio.sleep(0)
        gone.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        assert sizes(predictor) == []
        return await shared.predict(predictor, IRIS[1])

    assert asyncio.run(ask()) == predictor.predict(IRIS[1])
