"""Truncation set on the shared tokenizer cuts the text of another request.

The tokenizer keeps its maximal length, and every request sets it before encoding. Two requests
with different lengths together, and one of them is encoded with the length of the other: too
few tokens, or too many, and never an error.

Seen in: huggingface/tokenizers#537, transformers#47085, vllm#40949 (wrong length on 22 % of calls).
Repair: pass the length with the text, and leave the tokenizer as it was loaded.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "cut", "method": "POST", "path": "/tokens", "json": {"text": "a b c d", "length": 1}},
    {"name": "all", "method": "POST", "path": "/tokens", "json": {"text": "a b c d", "length": 4}},
]


class Text(BaseModel):
    text: str
    length: int


class Tokenizer:
    max_length = 512

    def enable_truncation(self, max_length: int) -> None:
        self.max_length = max_length

    def encode(self, text: str, max_length: int | None = None) -> list[str]:
        tokens = text.split()
        return tokens[: self.max_length if max_length is None else max_length]


def _service(encode: Callable[[Text], list[str]]) -> FastAPI:
    app = FastAPI()

    @app.post("/tokens")
    def tokens(text: Text) -> dict[str, list[str]]:
        return {"tokens": encode(text)}

    return app


def mutant() -> FastAPI:
    tokenizer = Tokenizer()

    def encode(text: Text) -> list[str]:
        tokenizer.enable_truncation(text.length)
        return tokenizer.encode(text.text)

    return _service(encode)


def healthy() -> FastAPI:
    tokenizer = Tokenizer()

    def encode(text: Text) -> list[str]:
        return tokenizer.encode(text.text, max_length=text.length)

    return _service(encode)
