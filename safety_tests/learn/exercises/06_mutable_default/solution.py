from fastapi import FastAPI
from pydantic import BaseModel

STOP_WORDS = {"the", "and", "of"}


class Text(BaseModel):
    text: str
    ignore: list[str] = []


def important(words, ignore):
    seen = set()
    found = []
    for word in words:
        if word not in STOP_WORDS and word not in ignore and word not in seen:
            seen.add(word)
            found.append(word)
    return found


app = FastAPI()


@app.post("/keywords")
def keywords(body: Text):
    return {"keywords": important(body.text.lower().split(), body.ignore)}
