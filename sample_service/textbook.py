"""An exhibit, not an example: the service as it is usually written.

`lru_cache` takes no lock, so each of the first requests that arrive together loads the model;
the prediction blocks the event loop; `data: dict` turns most bad requests into a 500.
Needs the pickle that `python -m sample_service.train` writes.
"""

import pickle
from functools import lru_cache
from typing import Any

from fastapi import Depends, FastAPI

from sample_service.settings import Settings

app = FastAPI()


class ModelPredictor:
    def __init__(self) -> None:
        with open(Settings().model_dir / "model.pkl", "rb") as file:
            self.model = pickle.load(file)

    def preprocess(self, data: dict[str, Any]) -> list[list[float]]:
        return [data["features"]]

    def predict(self, data: dict[str, Any]) -> Any:
        return self.model.predict(self.preprocess(data))[0]


@lru_cache
def load_model() -> ModelPredictor:
    return ModelPredictor()


@app.post("/predict")
async def predict(
    data: dict[str, Any],
    predictor: ModelPredictor = Depends(load_model),
) -> dict[str, Any]:
    return {"prediction": predictor.predict(data)}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
