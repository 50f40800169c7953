from fastapi import FastAPI
from pydantic import BaseModel


class Order(BaseModel):
    customer: str
    items: dict[str, float]


app = FastAPI()
basket = {}


@app.post("/total")
def total(order: Order):
    for item, price in order.items.items():
        basket[order.customer, item] = price
    amount = 0.0
    for key in basket:
        if key[0] == order.customer:
            amount += basket[key]
    for item in order.items:
        del basket[order.customer, item]
    return {"customer": order.customer, "total": amount}
