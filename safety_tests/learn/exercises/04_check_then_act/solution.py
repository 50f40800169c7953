from threading import Lock

from fastapi import FastAPI

CAPACITY = 1

app = FastAPI()
cache = {}
lock = Lock()


def embed(word):
    return [ord(letter) - ord("a") for letter in word.lower()]


def trim():
    while len(cache) > CAPACITY:
        oldest = next(iter(cache))
        cache.pop(oldest, None)


@app.get("/embed/{word}")
def embedding(word: str):
    with lock:
        found = cache.get(word)
    if found is None:
        found = embed(word)
        with lock:
            cache[word] = found
            trim()
    return {"embedding": found}
