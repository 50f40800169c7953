"""What all requests share: a model nobody changes, and functions that keep nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sample_service.store import Manifest

FLOAT32_MAX = float(np.finfo(np.float32).max)

Rows = NDArray[np.float64]
"""A row for each question, a column for each feature (or, in answers, for each class)."""

Prepare = Callable[[Any], Callable[[Rows], Rows]]
"""From a fitted classifier to the function that gives the probabilities of rows."""


class FeatureError(ValueError):
    """The features cannot be given to the model; the message says which one and why."""


class Prediction(NamedTuple):
    """An answer in plain Python values: JSON encoders refuse most NumPy scalars."""

    label: str
    probabilities: dict[str, float]


def public_api(model: Any) -> Callable[[Rows], Rows]:
    """Ask the model as scikit-learn documents it."""
    probabilities: Callable[[Rows], Rows] = model.predict_proba
    return probabilities


@dataclass(frozen=True, slots=True)
class ModelPredictor:
    """Answers any number of requests at once: no call leaves a trace for the next one."""

    probabilities: Callable[[Rows], Rows]
    manifest: Manifest

    def preprocess(self, features: Sequence[float]) -> list[float]:
        """Return the features as one row for the model, or raise FeatureError."""
        names = self.manifest.feature_names
        if len(features) != len(names):
            raise FeatureError(
                f"expected {len(names)} numbers ({', '.join(names)}), got {len(features)}"
            )
        for name, value in zip(names, features, strict=True):
            # Trees compute in 32 bits, where 1e39 is infinite. Written so that NaN fails too.
            if not abs(value) <= FLOAT32_MAX:
                raise FeatureError(
                    f"{name}: expected a finite number that fits a 32-bit float "
                    f"(at most {FLOAT32_MAX:.7g} in size), got {value!r}"
                )
        return [float(value) for value in features]

    def predict_rows(self, rows: Sequence[Sequence[float]]) -> list[Prediction]:
        """Return the answer to each row that `preprocess` made, in their order.

        Raises what the model raises; then none of the rows is answered.
        """
        classes = self.manifest.classes
        found = self.probabilities(np.array(rows, dtype=np.float64))
        best = found.argmax(axis=1).tolist()
        return [
            Prediction(classes[i], dict(zip(classes, row, strict=True)))
            for i, row in zip(best, found.tolist(), strict=True)
        ]

    def predict(self, features: Sequence[float]) -> Prediction:
        """Return the most probable class and the probability of each, or raise FeatureError.

        A ValueError is how scikit-learn refuses a row, so it is a FeatureError here.
        """
        row = self.preprocess(features)
        try:
            return self.predict_rows([row])[0]
        except ValueError as error:
            raise FeatureError(f"the model cannot answer this row: {error}") from error
