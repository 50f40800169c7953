from fastapi import FastAPI

RATES = {"kg": 1.0, "lb": 0.5, "g": 0.001}

app = FastAPI()
cache = {}


def shipping(weight, unit):
    return round(4 + 1.5 * weight * RATES[unit], 3)


@app.get("/shipping/{weight}")
def cost(weight: float, unit: str = "kg"):
    key = weight, unit
    if key not in cache:
        cache[key] = shipping(weight, unit)
    return {"weight": weight, "cost": cache[key]}
