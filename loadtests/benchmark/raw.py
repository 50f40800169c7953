"""The bare model: `python -m loadtests.benchmark.raw FOLDER SECONDS` prints how fast it is.

In a process of its own, so that nothing of the benchmark is in its way.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import joblib

from loadtests.client.tally import Tally


def main(folder: Path, seconds: float) -> Tally:
    """Predict one row after the other for so long; a wrong label counts as one."""
    model = joblib.load(folder / "model.joblib")
    data = json.loads((folder / "rows.json").read_text("utf-8"))
    tally = Tally()
    begin = end = time.perf_counter()
    while end - begin < seconds:
        for row, label in zip(data["rows"], data["labels"], strict=True):
            start = time.perf_counter()
            right = model.predict([row])[0] == label
            end = time.perf_counter()
            tally.sent += 1
            tally.right += int(right)
            tally.wrong += int(not right)
            tally.latency.add(end - start)
    tally.seconds = end - begin
    return tally


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), float(sys.argv[2])).as_json()))
