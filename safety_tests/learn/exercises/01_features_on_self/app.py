from fastapi import FastAPI
from pydantic import BaseModel


class Flat(BaseModel):
    rooms: int
    area: float


class Estimator:
    def prepare(self, flat):
        self.features = [flat.rooms, flat.area]

    def estimate(self):
        rooms, area = self.features
        return 10_000 * rooms + 3_000 * area


app = FastAPI()
estimator = Estimator()


@app.post("/price")
def price(flat: Flat):
    estimator.prepare(flat)
    return {"price": estimator.estimate()}
