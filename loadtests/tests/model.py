"""A model function, as `--correctness-model` takes it."""

import json

from loadtests.oracle.question import Question


def total(question: Question) -> dict[str, int]:
    return {"total": sum(json.loads(question.body)["row"])}
