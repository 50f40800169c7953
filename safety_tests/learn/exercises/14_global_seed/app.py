import random

from fastapi import FastAPI

app = FastAPI()


@app.get("/sample")
def sample(seed: int, mean: float = 0.0):
    """The same seed gives the same numbers."""
    random.seed(seed)
    numbers = []
    for _ in range(3):
        numbers.append(round(random.gauss(mean, 1.0), 6))
    return {"numbers": numbers}
