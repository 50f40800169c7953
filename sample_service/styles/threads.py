"""In a worker thread: a slow prediction does not stop the event loop.

One at a time and not forty. With the GIL more threads compute no faster, and scikit-learn's check
of its input swaps the process-wide `warnings.filters` back and forth: two that do so at the same
time leave them changed (https://github.com/python/cpython/issues/128384).
"""

import asyncio
from collections.abc import Sequence

from fastapi.concurrency import run_in_threadpool

from sample_service.app import create_app
from sample_service.predictor import ModelPredictor, Prediction

_turn = asyncio.Lock()


async def predict(predictor: ModelPredictor, features: Sequence[float]) -> Prediction:
    """Answer after those that were asked before."""
    async with _turn:
        return await run_in_threadpool(predictor.predict, features)


app = create_app(predict)
