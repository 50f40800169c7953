"""In a worker thread: a slow prediction does not stop the event loop.

One at a time and not forty. With the GIL more threads compute no faster, and scikit-learn's check
of its input swaps the process-wide `warnings.filters` back and forth: two that do so at the same
time leave them changed (https://github.com/python/cpython/issues/128384).
"""

from collections.abc import Sequence

from anyio import CapacityLimiter, to_thread

from sample_service.app import create_app
from sample_service.predictor import ModelPredictor, Prediction

_one_at_a_time = CapacityLimiter(1)


async def predict(predictor: ModelPredictor, features: Sequence[float]) -> Prediction:
    """Answer after those that were asked before."""
    return await to_thread.run_sync(predictor.predict, features, limiter=_one_at_a_time)


app = create_app(predict)
