"""A list written as a class attribute is one list for all instances.

Every request gets a conversation of its own, which looks safe. Its `turns` belong to the class,
so `append` grows the one list that all conversations share: the second caller is answered with
the words of the first. No two requests need to meet for that.

Seen in: FastChat#1666, langchain#12706, langflow#608 (one conversation shared by all callers).
Repair: create the list in `__init__`, or as a field with a default factory.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S002", "S004")
REQUESTS = [
    {"name": "greeting", "method": "POST", "path": "/reply", "json": {"text": "good morning"}},
    {"name": "question", "method": "POST", "path": "/reply", "json": {"text": "how are you"}},
]


class Message(BaseModel):
    text: str


class Conversation:
    turns: list[str]

    def reply(self, text: str) -> str:
        self.turns.append(text)
        return " / ".join(self.turns)


def _service(conversation: Callable[[], Conversation]) -> FastAPI:
    app = FastAPI()

    @app.post("/reply")
    def reply(message: Message) -> dict[str, str]:
        return {"prompt": conversation().reply(message.text)}

    return app


def mutant() -> FastAPI:
    class Shared(Conversation):
        turns: list[str] = []  # noqa: RUF012 - the hazard itself

    return _service(Shared)


def healthy() -> FastAPI:
    class Own(Conversation):
        def __init__(self) -> None:
            self.turns = []

    return _service(Own)
