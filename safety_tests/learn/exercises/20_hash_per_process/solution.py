import zlib

from fastapi import FastAPI

WEIGHTS = [value / 64 for value in range(64)]

app = FastAPI()


def bucket(word):
    return zlib.crc32(word.encode()) % len(WEIGHTS)


@app.get("/score/{text}")
def score(text: str):
    words = text.lower().split("-")
    return {"score": sum(WEIGHTS[bucket(word)] for word in words)}
