from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel

from sample_service.json_route import JsonRoute
from sample_service.tests.client import ask


class Question(BaseModel):
    n: int


class Answer(BaseModel):
    twice: int


async def factor() -> int:
    return 2


def sync_factor() -> int:
    return 2


async def needy(n: int) -> int:
    return n


def app_with(endpoint: Callable[..., Any], route: type[Any]) -> FastAPI:
    app, router = FastAPI(), APIRouter(route_class=route)
    router.post("/double")(endpoint)
    app.include_router(router)
    return app


async def double(by: Annotated[int, Depends(factor)], question: Question) -> Answer:
    return Answer(twice=by * question.n)


def documented(app: FastAPI) -> object:
    return ask("GET", "/openapi.json", app).json()


def test_it_answers_and_is_documented_as_fastapis_own_route() -> None:
    from fastapi.routing import APIRoute

    lean, plain = app_with(double, JsonRoute), app_with(double, APIRoute)
    assert ask("POST", "/double", lean, json={"n": 21}).json() == {"twice": 42}
    assert ask("POST", "/double", plain, json={"n": 21}).json() == {"twice": 42}
    assert documented(lean) == documented(plain)


@pytest.mark.parametrize("body", [{}, {"n": "x"}, {"n": None}, [], 1, None])
def test_it_refuses_what_fastapis_own_route_refuses(body: object) -> None:
    from fastapi.routing import APIRoute

    statuses = [
        ask("POST", "/double", app_with(double, route), json=body).status_code
        for route in (JsonRoute, APIRoute)
    ]
    assert statuses == [422, 422]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/JSON; charset=utf-8", "a/b+json"]
)
def test_every_json_content_type_is_read(kind: str) -> None:
    answer = ask(
        "POST", "/double", app_with(double, JsonRoute), content='{"n": 1}',
        headers={"Content-Type": kind},
    )  # fmt: skip
    assert answer.json() == {"twice": 2}


def plain_def(question: Question) -> Answer:
    return Answer(twice=question.n)


async def no_body(by: Annotated[int, Depends(factor)]) -> Answer:
    return Answer(twice=by)


async def two_bodies(one: Question, other: Question) -> Answer:
    return Answer(twice=one.n + other.n)


async def a_query(question: Question, by: int = 2) -> Answer:
    return Answer(twice=by * question.n)


async def a_sync_dependency(question: Question, by: Annotated[int, Depends(sync_factor)]) -> Answer:
    return Answer(twice=by * question.n)


async def a_dependency_with_parameters(
    question: Question, by: Annotated[int, Depends(needy)]
) -> Answer:
    return Answer(twice=by * question.n)


@pytest.mark.parametrize(
    "endpoint",
    [plain_def, no_body, two_bodies, a_query, a_sync_dependency, a_dependency_with_parameters],
)
def test_what_it_cannot_serve_is_refused_when_it_is_defined(endpoint: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=f"{endpoint.__name__} is none: leave route_class out"):
        app_with(endpoint, JsonRoute)
