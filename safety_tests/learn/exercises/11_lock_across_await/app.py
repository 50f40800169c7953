import asyncio
from threading import Lock

from fastapi import FastAPI

STOCK = {"mug": 4, "pen": 9, "ink": 0, "map": 25}

app = FastAPI()
lock = Lock()
last = {}


async def ask_warehouse(item):
    await asyncio.sleep(0.01)
    return STOCK[item]


@app.get("/stock/{item}")
async def stock(item: str):
    with lock:
        last["item"] = item
        last["left"] = await ask_warehouse(item)
        return dict(last)
