from fastapi import FastAPI

RATES = {"kg": 1.0, "lb": 0.5, "g": 0.001}

app = FastAPI()
cache = {}


def shipping(weight, unit):
    return round(4 + 1.5 * weight * RATES[unit], 3)


@app.get("/shipping/{weight}")
def cost(weight: float, unit: str = "kg"):
    if weight not in cache:
        cache[weight] = shipping(weight, unit)
    return {"weight": weight, "cost": cache[weight]}
