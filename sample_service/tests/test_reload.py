import asyncio
import gc
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from sample_service.app import create_app
from sample_service.settings import Settings
from sample_service.tests.client import VERSICOLOR_ROW, ask, converse
from sample_service.train import VERSION, train

TOKEN = "a token of the right length"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def app(own_model: Path) -> FastAPI:
    train(own_model, "second", depth=1)
    settings = {"model_dir": own_model, "version": VERSION, "admin_token": TOKEN}
    return create_app(settings=Settings.model_validate(settings))


async def reload(client: httpx.AsyncClient, version: str) -> httpx.Response:
    return await client.post("/reload", json={"version": version}, headers=ADMIN)


async def predict(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/predict", json={"features": VERSICOLOR_ROW})


def test_a_reload_answers_with_the_manifest_and_the_next_answers_are_the_new_versions(
    app: FastAPI,
) -> None:
    async def switch(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await predict(client), await reload(client, "second"), await predict(client)]

    before, switched, after = converse(switch, app, warm=True)
    assert (switched.status_code, switched.json()["version"]) == (200, "second")
    assert (before.json()["version"], after.json()["version"]) == (VERSION, "second")
    assert before.json()["probabilities"] != after.json()["probabilities"]


def test_under_load_every_answer_belongs_to_the_version_it_names(app: FastAPI) -> None:
    async def switch(client: httpx.AsyncClient) -> list[httpx.Response]:
        alone = [await predict(client)]
        await reload(client, "second")
        alone.append(await predict(client))
        reloads = [reload(client, version) for version in (VERSION, "second") * 5]
        answers = await asyncio.gather(
            *(predict(client) for _ in range(100)), *reloads, *(predict(client) for _ in range(100))
        )
        return [*alone, *(one for one in answers if one.request.url.path == "/predict")]

    first, second, *together = converse(switch, app, warm=True)
    assert len(together) == 200
    assert {one.content for one in together} <= {first.content, second.content}


def test_a_switch_takes_nothing_out_of_the_sight_of_the_garbage_collector(app: FastAPI) -> None:
    async def switch(client: httpx.AsyncClient) -> list[int]:
        return [gc.get_freeze_count(), (await reload(client, "second")).status_code]

    frozen, status = converse(switch, app, warm=True)
    assert (status, gc.get_freeze_count() <= frozen) == (200, True)


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": TOKEN}, {"Authorization": "Bearer wrong"}]
)
def test_a_reload_without_the_token_is_refused(app: FastAPI, headers: dict[str, str]) -> None:
    answer = ask("POST", "/reload", app, json={"version": "second"}, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_stranger_does_not_learn_what_a_reload_should_look_like(app: FastAPI) -> None:
    assert ask("POST", "/reload", app, json={"wrong": 1}).status_code == 401


def test_a_reload_to_a_version_that_is_not_there_is_refused_with_the_reason(app: FastAPI) -> None:
    async def switch(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await reload(client, "third"), await predict(client)]

    refused, after = converse(switch, app, warm=True)
    assert refused.status_code == 409
    assert "third" in refused.json()["detail"]
    assert after.json()["version"] == VERSION


def test_a_body_that_names_no_version_is_refused_with_one_that_does(app: FastAPI) -> None:
    answer = ask("POST", "/reload", app=app, json={"name": "second"}, headers=ADMIN)
    assert answer.status_code == 422
    assert answer.json()["expected"].startswith('a JSON object like {"version": "2"}, sent as')


def test_without_a_token_nobody_can_reload() -> None:
    assert ask("POST", "/reload", json={"version": "second"}, headers=ADMIN).status_code == 404
