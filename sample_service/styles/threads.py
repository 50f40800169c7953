"""In a worker thread: a slow prediction does not stop the event loop.

One thread and not forty. With the GIL more of them compute no faster, and scikit-learn's check of
its input swaps the process-wide `warnings.filters` back and forth: two threads that do so at the
same time leave them changed (https://github.com/python/cpython/issues/128384).
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sample_service.app import create_app
from sample_service.predictor import ModelPredictor, Prediction

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="predict")


async def predict(predictor: ModelPredictor, features: Sequence[float]) -> Prediction:
    """Answer after those that were asked before."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_thread, predictor.predict, features)


app = create_app(predict)
