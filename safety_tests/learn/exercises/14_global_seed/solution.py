import random

from fastapi import FastAPI

app = FastAPI()


@app.get("/sample")
def sample(seed: int, mean: float = 0.0):
    """The same seed gives the same numbers."""
    generator = random.Random(seed)
    numbers = []
    for _ in range(3):
        numbers.append(round(generator.gauss(mean, 1.0), 6))
    return {"numbers": numbers}
