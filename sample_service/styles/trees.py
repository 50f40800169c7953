"""Coalesced, and a forest is asked tree by tree, past what scikit-learn does round each of them.

Half of a one-row prediction of a forest is spent on warning filters and configuration, set anew
for every tree. The sum over the trees is taken in the same order, so the bits are the same.
`tree_.predict` is documented for single trees only (`sklearn.tree._tree.Tree`): a test compares
the two on every version of scikit-learn that is supported.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from sample_service.app import create_app
from sample_service.predictor import Rows, public_api


def through_trees(model: Any) -> Callable[[Rows], Rows]:
    """Return the probabilities of a forest; any other model is asked by its public API."""
    forest = isinstance(model, RandomForestClassifier | ExtraTreesClassifier)
    if not forest or model.n_outputs_ != 1:
        return public_api(model)
    trees = [estimator.tree_ for estimator in model.estimators_]

    def probabilities(rows: Rows) -> Rows:
        narrow = rows.astype(np.float32)
        total: Rows = np.zeros((len(rows), model.n_classes_))
        for tree in trees:
            total += tree.predict(narrow)
        total /= len(trees)
        return total

    return probabilities


app = create_app(prepare=through_trees)
