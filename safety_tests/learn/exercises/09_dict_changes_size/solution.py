from fastapi import FastAPI
from pydantic import BaseModel


class Order(BaseModel):
    customer: str
    items: dict[str, float]


app = FastAPI()


@app.post("/total")
def total(order: Order):
    amount = 0.0
    for price in order.items.values():
        amount += price
    return {"customer": order.customer, "total": amount}
