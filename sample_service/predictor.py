"""What all requests share: a model nobody changes, and functions that keep nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from sample_service.store import Manifest

FLOAT32_MAX = float(np.finfo(np.float32).max)


class FeatureError(ValueError):
    """The features cannot be given to the model; the message says which one and why."""


class Prediction(NamedTuple):
    """An answer in plain Python values: JSON encoders refuse most NumPy scalars."""

    label: str
    probabilities: dict[str, float]


@dataclass(frozen=True, slots=True)
class ModelPredictor:
    """Answers any number of requests at once: no call leaves a trace for the next one."""

    model: DecisionTreeClassifier
    manifest: Manifest

    def preprocess(self, features: Sequence[float]) -> NDArray[np.float32]:
        """Return the features as one row for the model, or raise FeatureError."""
        names = self.manifest.feature_names
        if len(features) != len(names):
            raise FeatureError(
                f"expected {len(names)} numbers ({', '.join(names)}), got {len(features)}"
            )
        for name, value in zip(names, features, strict=True):
            # The model computes in 32 bits, where 1e39 is infinite. Written so that NaN fails too.
            if not abs(value) <= FLOAT32_MAX:
                raise FeatureError(
                    f"{name}: expected a finite number that fits a 32-bit float "
                    f"(at most {FLOAT32_MAX:.7g} in size), got {value!r}"
                )
        return np.array([features], dtype=np.float32)

    def predict(self, features: Sequence[float]) -> Prediction:
        """Return the most probable class and the probability of each, or raise FeatureError."""
        row = self.preprocess(features)
        # scikit-learn's own check of the input swaps the process-wide warnings.filters back and
        # forth, and threads that do so together corrupt them; preprocess has checked the row.
        found: list[float] = self.model.predict_proba(row, check_input=False)[0].tolist()
        probabilities = dict(zip(self.manifest.classes, found, strict=True))
        return Prediction(max(probabilities, key=probabilities.__getitem__), probabilities)
