"""In a process of its own: the gate finds a race that is there, and none in the repaired twin."""

from __future__ import annotations

import json
import time

from safety_tests.api import check_app
from safety_tests.errors import UsageError
from safety_tests.zoo.shared_attributes import features_on_self as hazard


def main() -> None:
    before = time.monotonic()
    verdicts = {}
    try:
        for twin in ("mutant", "healthy"):
            report = check_app(
                f"{hazard.__name__}:{twin}",
                requests=list(hazard.REQUESTS),
                select="S001",
                preemptions=1,
                budget=40,
            )
            verdicts[twin] = report.verdict.value
    except UsageError as error:
        verdicts["error"] = str(error)
    print(json.dumps({**verdicts, "seconds": round(time.monotonic() - before, 2)}))


if __name__ == "__main__":
    main()
