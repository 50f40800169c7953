from fastapi import FastAPI
from pydantic import BaseModel


class Signal(BaseModel):
    values: list[float]


app = FastAPI()
buffer = []


def normalised(values):
    buffer.clear()
    top = max(values)
    for value in values:
        buffer.append(value / top)
    return buffer


@app.post("/normalise")
def normalise(signal: Signal):
    return {"values": normalised(signal.values)}
