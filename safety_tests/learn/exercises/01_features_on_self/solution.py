from fastapi import FastAPI
from pydantic import BaseModel


class Flat(BaseModel):
    rooms: int
    area: float


class Estimator:
    def prepare(self, flat):
        return [flat.rooms, flat.area]

    def estimate(self, features):
        rooms, area = features
        return 10_000 * rooms + 3_000 * area


app = FastAPI()
estimator = Estimator()


@app.post("/price")
def price(flat: Flat):
    return {"price": estimator.estimate(estimator.prepare(flat))}
