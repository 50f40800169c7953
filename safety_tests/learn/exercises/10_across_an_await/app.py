import asyncio

from fastapi import FastAPI

AGES = {"ada": 36, "bob": 50, "eve": 29, "joe": 71}

app = FastAPI()
app.state.customer = None


async def ask_database(name):
    await asyncio.sleep(0.01)
    return AGES[name]


@app.get("/greeting/{name}")
async def greeting(name: str):
    app.state.customer = name
    age = await ask_database(name)
    return {"greeting": f"Dear {app.state.customer}, {age} is a good age."}
