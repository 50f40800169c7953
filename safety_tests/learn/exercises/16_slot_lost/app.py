import asyncio

from fastapi import FastAPI

app = FastAPI()
slots = asyncio.Semaphore(4)


async def ask_model(value):
    await asyncio.sleep(0.01)
    return 2 * value + 1


@app.get("/score/{value}")
async def score(value: int):
    await slots.acquire()
    result = await ask_model(value)
    slots.release()
    return {"score": result}
