"""BentoML, as its page on adaptive batching describes: `bentoml serve with_bentoml:Model`.

Of its settings, those that were fastest here: two workers, and a limit of latency so far off that
no request is refused for it. The client sends batches of one, so that there is no second service
in between.
"""

import os

import bentoml
import joblib
import numpy as np


@bentoml.service(workers=2, traffic={"timeout": 60, "max_concurrency": 1024})
class Model:
    def __init__(self) -> None:
        self.model = joblib.load(os.environ["BENCHMARK_MODEL"])

    @bentoml.api(batchable=True, max_batch_size=64, max_latency_ms=10_000)
    def predict(self, features: np.ndarray) -> list[str]:
        return self.model.predict(features).tolist()
