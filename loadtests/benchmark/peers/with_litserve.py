"""LitServe, as its pages on batching and on LitAPI describe: `python with_litserve.py PORT`.

Of its settings, those that were fastest here: two workers, `fast_queue`, which its documentation
advises for many requests, and 2 ms to wait for a batch.
"""

import os
import sys
from typing import Any

import joblib
import litserve


class Model(litserve.LitAPI):
    def setup(self, device: str) -> None:
        self.model = joblib.load(os.environ["BENCHMARK_MODEL"])

    def decode_request(self, request: dict[str, Any]) -> list[float]:
        return request["features"]

    def batch(self, inputs: list[list[float]]) -> list[list[float]]:
        return inputs

    def predict(self, rows: list[list[float]]) -> list[str]:
        return self.model.predict(rows).tolist()

    def unbatch(self, output: list[str]) -> list[str]:
        return output

    def encode_response(self, output: str) -> dict[str, str]:
        return {"label": output}


if __name__ == "__main__":
    server = litserve.LitServer(
        Model(max_batch_size=64, batch_timeout=0.002),
        accelerator="cpu",
        workers_per_device=2,
        fast_queue=True,
    )
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
