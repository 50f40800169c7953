import asyncio
from contextlib import contextmanager

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()
pool = [[]]


@contextmanager
def borrowed():
    scratch = pool.pop() if pool else []
    try:
        yield scratch
    finally:
        pool.append(scratch)


async def spell(word, scratch):
    scratch[:] = word.upper()
    for position in range(len(word)):
        await asyncio.sleep(0.01)
        yield f"{scratch[position]} "


@app.get("/spell/{word}")
async def stream(word: str):
    with borrowed() as scratch:
        return StreamingResponse(spell(word, scratch), media_type="text/plain")
