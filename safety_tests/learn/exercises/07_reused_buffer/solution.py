from fastapi import FastAPI
from pydantic import BaseModel


class Signal(BaseModel):
    values: list[float]


app = FastAPI()


def normalised(values):
    top = max(values)
    return [value / top for value in values]


@app.post("/normalise")
def normalise(signal: Signal):
    return {"values": normalised(signal.values)}
