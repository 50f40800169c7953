"""An optional parameter of one request becomes the default of the next.

A request may bring its own threshold, and then it is set on the classifier. A request without one
is to be judged by the default, and is judged by the threshold of whoever asked for another last.

Seen in: agri#1332, PR#1620 (settings of a shared preprocessor that come with a request).
Repair: choose between the request's and the default, and leave the classifier as it was trained.
"""

from typing import Annotated

from fastapi import Depends, FastAPI

CODES = ("S002", "S004")
REQUESTS = [
    {"name": "default", "method": "GET", "path": "/label?probability=0.6"},
    {"name": "strict", "method": "GET", "path": "/label?probability=0.6&threshold=0.9"},
]


class Classifier:
    threshold = 0.5

    def label(self, probability: float, threshold: float) -> str:
        return "spam" if probability > threshold else "mail"


def mutant() -> FastAPI:
    app = FastAPI()
    classifier = Classifier()

    class Setting:
        def __init__(self, threshold: float | None = None) -> None:
            if threshold is not None:
                classifier.threshold = threshold

    @app.get("/label", dependencies=[Depends(Setting)])
    def label(probability: float) -> dict[str, str]:
        return {"label": classifier.label(probability, classifier.threshold)}

    return app


def healthy() -> FastAPI:
    app = FastAPI()
    classifier = Classifier()

    class Setting:
        def __init__(self, threshold: float | None = None) -> None:
            self.threshold = classifier.threshold if threshold is None else threshold

    @app.get("/label")
    def label(probability: float, setting: Annotated[Setting, Depends()]) -> dict[str, str]:
        return {"label": classifier.label(probability, setting.threshold)}

    return app
