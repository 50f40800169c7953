import asyncio

from fastapi import FastAPI

AGES = {"ada": 36, "bob": 50, "eve": 29, "joe": 71}

app = FastAPI()


async def ask_database(name):
    await asyncio.sleep(0.01)
    return AGES[name]


@app.get("/greeting/{name}")
async def greeting(name: str):
    age = await ask_database(name)
    return {"greeting": f"Dear {name}, {age} is a good age."}
