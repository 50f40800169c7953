import asyncio
from collections.abc import Awaitable, Callable, Sequence

import httpx
import pytest

from sample_service.app import create_app
from sample_service.predictor import ModelPredictor, Prediction
from sample_service.settings import Settings
from sample_service.tests.client import ROW, converse

Dialogue = Callable[[httpx.AsyncClient, asyncio.Event], Awaitable[list[httpx.Response]]]


def while_busy(dialogue: Dialogue, **settings: float) -> list[httpx.Response]:
    """Talk to a service whose predictions wait until the event is set."""

    async def run() -> list[httpx.Response]:
        finish = asyncio.Event()

        async def slow(predictor: ModelPredictor, features: Sequence[float]) -> Prediction:
            await finish.wait()
            return predictor.predict(features)

        app = create_app(slow, settings=Settings.model_validate(settings))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.get("/model")
            return await dialogue(client, finish)

    return asyncio.run(run())


def post(client: httpx.AsyncClient) -> asyncio.Task[httpx.Response]:
    return asyncio.create_task(client.post("/predict", json={"features": ROW}))


async def settle() -> None:
    """Let everybody come as far as they can without the event."""
    for _ in range(100):
        await asyncio.sleep(0)


def test_a_full_service_refuses_at_once_and_says_when_to_come_back() -> None:
    async def crowd(client: httpx.AsyncClient, finish: asyncio.Event) -> list[httpx.Response]:
        inside = [post(client) for _ in range(3)]
        await settle()
        refused = await asyncio.wait_for(post(client), 30)
        finish.set()
        return [refused, *await asyncio.gather(*inside)]

    refused, *answered = while_busy(crowd, max_in_flight=3, retry_after_seconds=7)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "7")
    assert refused.json() == {
        "detail": "3 requests are being answered: send the request again after 7 s"
    }
    assert [answer.status_code for answer in answered] == [200] * 3


def test_health_and_metrics_are_answered_while_the_service_is_full() -> None:
    async def crowd(client: httpx.AsyncClient, finish: asyncio.Event) -> list[httpx.Response]:
        inside = post(client)
        await settle()
        paths = ("/health/live", "/health/ready", "/metrics")
        answers = [await asyncio.wait_for(client.get(path), 30) for path in paths]
        finish.set()
        await inside
        return answers

    assert [answer.status_code for answer in while_busy(crowd, max_in_flight=1)] == [200] * 3


def test_room_is_made_again_by_answers_by_refusals_and_by_clients_that_go_away() -> None:
    async def crowd(client: httpx.AsyncClient, finish: asyncio.Event) -> list[httpx.Response]:
        gone = post(client)
        await settle()
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        inside = post(client)
        await settle()
        refused = await asyncio.wait_for(post(client), 30)
        finish.set()
        bad = await client.post("/nowhere") if await inside else refused
        return [refused, bad, await post(client)]

    answers = while_busy(crowd, max_in_flight=1)
    assert [answer.status_code for answer in answers] == [503, 404, 200]


def test_an_answer_that_takes_too_long_is_a_503_and_no_500() -> None:
    async def wait(client: httpx.AsyncClient, _: asyncio.Event) -> list[httpx.Response]:
        return [await asyncio.wait_for(post(client), 30)]

    (answer,) = while_busy(wait, answer_seconds=0.01)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"].startswith("no answer within 0.01 s")


@pytest.mark.parametrize("count", [1, 40])
def test_a_crowd_within_the_limit_is_answered_whole(count: int) -> None:
    async def crowd(client: httpx.AsyncClient) -> list[httpx.Response]:
        return await asyncio.gather(*(post(client) for _ in range(count)))

    answers = converse(crowd, create_app(settings=Settings(max_in_flight=count)))
    assert {answer.status_code for answer in answers} == {200}
