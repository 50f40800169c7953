from fastapi import FastAPI

CAPACITY = 1

app = FastAPI()
cache = {}


def embed(word):
    return [ord(letter) - ord("a") for letter in word.lower()]


def trim():
    while len(cache) > CAPACITY:
        oldest = next(iter(cache))
        cache.pop(oldest, None)


@app.get("/embed/{word}")
def embedding(word: str):
    if word not in cache:
        cache[word] = embed(word)
        trim()
    return {"embedding": cache[word]}
