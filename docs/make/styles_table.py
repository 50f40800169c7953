"""Writes the table of styles in serving.md, as the gate sees them.

`python docs/make/styles_table.py` takes some minutes: the gate runs on each style with a forest and
with a linear model.
"""

import asyncio
import importlib
import os
import platform
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from safety_tests import check_app
from safety_tests.page import renew
from sample_service.store import write_model

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "serving.md"
MAKER = "docs/make/styles_table.py"
STYLES = ("inline", "threads", "coalesced", "trees", "compiled")


def models() -> dict[str, Any]:
    return {
        "forest": RandomForestClassifier(20, random_state=0),
        "linear": LogisticRegression(max_iter=1000),
    }


def said(style: str) -> str:
    """What the gate says of a style, with the model that the environment names."""
    report = check_app(
        f"sample_service.styles.{style}:app",
        requests=ROOT / "sample_service" / "requests.json",
        app_dir=ROOT,
        preemptions=1,
        budget=300.0,
    )
    failed = [f"{finding.code}: {finding.summary}" for finding in report.findings]
    return "; ".join(failed) or f"{report.verdict.value}, {len(report.checks)} checks"


def furthest(style: str, model: Any) -> str:
    """How far answers in company are from those of the model to each row alone."""
    rows = load_iris().data
    sys.modules.pop(f"sample_service.styles.{style}", None)
    app = importlib.import_module(f"sample_service.styles.{style}").app

    async def crowd() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            asked = (client.post("/predict", json={"features": row}) for row in rows.tolist())
            return await asyncio.gather(*asked)

    answers = [answer.json() for answer in asyncio.run(crowd())]
    found = np.array([list(answer["probabilities"].values()) for answer in answers])
    alone = np.vstack([model.predict_proba([row]) for row in rows])
    labels = [answer["label"] for answer in answers]
    if labels != model.predict(rows).tolist():
        return "other labels"
    most = float(abs(found - alone).max())
    return "to the bit" if most == 0 else f"within {most:.0e}"


def table() -> str:
    """A row for each style: its bits and the gate's verdict, for both kinds of model."""
    iris = load_iris()
    rows: dict[str, list[str]] = {style: [style] for style in STYLES}
    for model in models().values():
        model.fit(iris.data, iris.target_names[iris.target])
        with tempfile.TemporaryDirectory() as folder:
            write_model(Path(folder), model, "1", iris.feature_names)
            os.environ["SAMPLE_SERVICE_MODEL_DIR"] = folder
            for style, row in rows.items():
                row += [furthest(style, model), said(style)]
                print(*row, sep=" | ", flush=True)
    head = (
        "| style | forest: answers in company | the gate | linear: answers in company | the gate |"
    )
    lines = [head, "|---|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows.values())]
    made = f"Made on {date.today()} with Python {platform.python_version()}, scikit-learn "
    return "\n".join(lines) + f"\n\n{made}{version('scikit-learn')}, one preemption.\n"


if __name__ == "__main__":
    renew(PAGE, MAKER, table())
