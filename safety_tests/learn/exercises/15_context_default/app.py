from contextvars import ContextVar

from fastapi import FastAPI

TAX = {"food": 7, "book": 7, "wine": 19, "toy": 19}

app = FastAPI()
invoice = ContextVar("invoice", default={"lines": []})


def add(item, price):
    invoice.get()["lines"].append(price + price * TAX[item] / 100)


def finish():
    lines = invoice.get()["lines"]
    total = sum(lines)
    lines.clear()
    return total


@app.get("/invoice/{item}/{price}")
def make(item: str, price: float):
    add(item, price)
    add(item, price / 2)
    return {"item": item, "total": finish()}
