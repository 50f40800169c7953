"""A lazy loader turns itself into what it loads while another request is inside it.

The loader is a placeholder: on first use it loads the vocabulary, takes over its attributes and
becomes it. A second request that entered the placeholder before the change goes on afterwards,
looks for the placeholder's own attributes, and finds them gone.

Seen in: nltk#803, #1576 (34 % of cold starts with 2 threads, 97 % with 40).
Repair: load before the first request can arrive; nothing has to change shape then.
"""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S006",)
REQUESTS = [
    {"name": "article", "method": "POST", "path": "/known", "json": {"text": "the red fox"}},
    {"name": "title", "method": "POST", "path": "/known", "json": {"text": "red fox"}},
]
WORDS = ("red", "the")


class Text(BaseModel):
    text: str


class Vocabulary:
    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = frozenset(words)

    def known(self, text: str) -> list[str]:
        return [word for word in text.split() if word in self.words]


class LazyVocabulary:
    def __init__(self, source: tuple[str, ...]) -> None:
        self.source = source

    def __getattr__(self, name: str) -> Any:
        # Python calls this only for what the placeholder does not have, so not after the change.
        vocabulary = Vocabulary(self.source)
        self.__dict__ = vocabulary.__dict__
        self.__class__ = Vocabulary  # type: ignore[assignment]
        return getattr(self, name)


def _service(vocabulary: Any) -> FastAPI:
    app = FastAPI()

    @app.post("/known")
    def known(text: Text) -> dict[str, list[str]]:
        return {"known": vocabulary.known(text.text)}

    return app


def mutant() -> FastAPI:
    return _service(LazyVocabulary(WORDS))


def healthy() -> FastAPI:
    return _service(Vocabulary(WORDS))
