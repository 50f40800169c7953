import dataclasses
import math
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from sample_service.predictor import (
    FLOAT32_MAX,
    FeatureError,
    ModelPredictor,
    Rows,
    public_api,
)
from sample_service.store import read_model
from sample_service.train import VERSION

ROW = [5.1, 3.5, 1.4, 0.2]


@pytest.fixture
def predictor(trained: Path) -> ModelPredictor:
    model, manifest = read_model(trained, VERSION)
    return ModelPredictor(public_api(model), manifest)


def test_a_prediction_holds_plain_python_values_only(predictor: ModelPredictor) -> None:
    label, probabilities = predictor.predict(ROW)
    assert type(label) is str
    assert {type(name) for name in probabilities} == {str}
    assert {type(value) for value in probabilities.values()} == {float}


def test_the_label_is_the_most_probable_class(predictor: ModelPredictor) -> None:
    label, probabilities = predictor.predict([5.9, 3.0, 4.2, 1.5])
    assert label == "versicolor"
    assert probabilities == {"setosa": 0.0, "versicolor": 47 / 48, "virginica": 1 / 48}


def test_predictions_are_those_of_the_model_on_the_whole_data_set(
    predictor: ModelPredictor, trained: Path
) -> None:
    rows = load_iris().data
    model, _ = read_model(trained, VERSION)
    answers = [predictor.predict(row) for row in rows.tolist()]
    assert [list(answer.probabilities.values()) for answer in answers] == (
        model.predict_proba(rows).tolist()
    )
    assert [answer.label for answer in answers] == model.predict(rows).tolist()


def test_rows_that_are_asked_together_get_the_answers_they_get_alone(
    predictor: ModelPredictor,
) -> None:
    rows = load_iris().data.tolist()
    assert predictor.predict_rows(rows) == [predictor.predict(row) for row in rows]


def test_a_row_that_the_model_refuses_is_the_callers_mistake(predictor: ModelPredictor) -> None:
    def refuse(_: Rows) -> Rows:
        raise ValueError("unknown category")

    refusing = dataclasses.replace(predictor, probabilities=refuse)
    with pytest.raises(FeatureError, match="cannot answer this row: unknown category"):
        refusing.predict(ROW)


def test_preprocess_leaves_its_argument_alone_and_answers_alike_each_time(
    predictor: ModelPredictor,
) -> None:
    features = list(ROW)
    first, second = predictor.preprocess(features), predictor.preprocess(features)
    assert features == ROW
    assert first is not second
    assert first == second == ROW


@pytest.mark.parametrize("value", [1e39, -1e39, math.nan, math.inf, -math.inf, 10**400])
def test_a_number_that_is_not_finite_in_32_bits_is_refused_by_name(
    predictor: ModelPredictor, value: float
) -> None:
    with pytest.raises(FeatureError, match=r"fits a 32-bit float") as caught:
        predictor.predict([5.1, 3.5, value, 0.2])
    assert str(caught.value).startswith("petal length (cm): expected a finite number")
    assert str(caught.value).endswith(f"got {value!r}")


@pytest.mark.parametrize("value", [FLOAT32_MAX, -FLOAT32_MAX, 5e-324, -0.0, 5])
def test_every_number_that_is_finite_in_32_bits_is_answered(
    predictor: ModelPredictor, value: float
) -> None:
    answer = predictor.predict([value, value, value, value])
    assert math.fsum(answer.probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize("count", [0, 3, 5])
def test_a_row_of_the_wrong_length_is_refused_with_the_names_expected(
    predictor: ModelPredictor, count: int
) -> None:
    with pytest.raises(FeatureError, match=r"expected 4 numbers \(sepal length \(cm\), .*, got"):
        predictor.predict([1.0] * count)


def test_a_predictor_cannot_be_given_new_values_or_new_attributes(
    predictor: ModelPredictor,
) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        predictor.probabilities = None  # type: ignore[assignment, misc]
    # A frozen class with slots reports an unknown name by TypeError before Python 3.12.
    with pytest.raises((AttributeError, TypeError)):
        predictor.features = ROW  # type: ignore[attr-defined]
    assert not hasattr(predictor, "__dict__")
