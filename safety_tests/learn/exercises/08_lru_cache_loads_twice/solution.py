from functools import lru_cache
from threading import Lock

from fastapi import Depends, FastAPI


class Model:
    def __init__(self):
        self.weights = self.read_weights()

    def read_weights(self):
        # The real one reads two gigabytes here.
        return {"age": 3, "income": 2}

    def score(self, age, income):
        return self.weights["age"] * age + self.weights["income"] * income


loading = Lock()


@lru_cache
def load_once():
    return Model()


def load_model():
    with loading:
        return load_once()


app = FastAPI()


@app.get("/score")
def score(age: int, income: int, model: Model = Depends(load_model)):
    return {"score": model.score(age, income)}
