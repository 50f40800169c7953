from fastapi import FastAPI

PRICES = {"basic": 10, "plus": 25, "pro": 80}
DISCOUNTS = {"ada": 50, "bob": 0, "eve": 20, "joe": 10}

app = FastAPI()
customer = None


def log_in(name):
    global customer
    customer = name


def price_of(plan):
    return PRICES[plan] * (100 - DISCOUNTS[customer]) / 100


@app.get("/quote/{name}/{plan}")
def quote(name: str, plan: str):
    log_in(name)
    return {"for": name, "plan": plan, "price": price_of(plan)}
