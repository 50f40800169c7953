"""Requests that are in flight together are answered by one call of the model.

A forest answers sixty rows in little more time than one, since most of a one-row prediction is
set-up. No timer decides when a batch is full, which would make a lone client wait for nobody: rows
are collected for as long as the event loop keeps bringing more.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from sample_service.predictor import ModelPredictor, Prediction

MOST_ROWS = 64
QUIET_TURNS = 3
"""A batch is closed when this many turns of the event loop brought no new row."""


class _Waiting(NamedTuple):
    predictor: ModelPredictor
    row: list[float]
    answer: asyncio.Future[Prediction]


class Coalescer:
    """Answers rows in batches, on the event loop of its callers.

    What is shared is the list of those who wait, and only code without an `await` touches it. A
    row that the model refuses fails alone: its batch is asked again row by row.
    """

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    async def predict(self, predictor: ModelPredictor, features: Sequence[float]) -> Prediction:
        """Return what `predictor` answers, or raise FeatureError."""
        row = predictor.preprocess(features)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Prediction] = loop.create_future()
        self._waiting.append(_Waiting(predictor, row, answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._look, loop, 1, 0)
        return await answer

    def _look(self, loop: asyncio.AbstractEventLoop, before: int, quiet: int) -> None:
        """Come back at every turn of the loop until nobody else arrives, then answer."""
        count = len(self._waiting)
        quiet = quiet + 1 if count == before else 0
        if quiet < QUIET_TURNS and count < MOST_ROWS:
            loop.call_soon(self._look, loop, count, quiet)
            return
        batch, self._waiting = self._waiting[:MOST_ROWS], self._waiting[MOST_ROWS:]
        if self._waiting:
            loop.call_soon(self._look, loop, len(self._waiting), 0)
        _answer(batch)


def _answer(batch: Sequence[_Waiting]) -> None:
    """Give every one of `batch` its own answer; during a switch it holds two predictors' rows."""
    for predictor in {id(one.predictor): one.predictor for one in batch}.values():
        theirs = [one for one in batch if one.predictor is predictor and not one.answer.done()]
        try:
            answers = predictor.predict_rows([one.row for one in theirs]) if theirs else []
        except Exception:
            for one in theirs:
                _answer_alone(one)
        else:
            for one, answer in zip(theirs, answers, strict=True):
                one.answer.set_result(answer)


def _answer_alone(one: _Waiting) -> None:
    try:
        one.answer.set_result(one.predictor.predict(one.row))
    except Exception as error:
        one.answer.set_exception(error)
