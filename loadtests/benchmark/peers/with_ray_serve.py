"""Ray Serve, as its page on dynamic request batching describes: `python with_ray_serve.py PORT`.

Of its settings, those that were fastest here: one replica, its mode for throughput
(RAY_SERVE_THROUGHPUT_OPTIMIZED), and 2 ms to wait for a batch. Nothing else of Ray runs beside it.
"""

import os
import sys
import time

import joblib
import ray
from ray import serve
from starlette.requests import Request


class Model:
    def __init__(self) -> None:
        self.model = joblib.load(os.environ["BENCHMARK_MODEL"])

    @serve.batch(max_batch_size=64, batch_wait_timeout_s=0.002)
    async def predict(self, rows: list[list[float]]) -> list[str]:
        return self.model.predict(rows).tolist()

    async def __call__(self, request: Request) -> dict[str, str]:
        return {"label": await self.predict((await request.json())["features"])}


if __name__ == "__main__":
    ray.init(include_dashboard=False)
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    serve.run(serve.deployment(num_replicas=1, max_ongoing_requests=256)(Model).bind())
    while True:
        time.sleep(3600)
