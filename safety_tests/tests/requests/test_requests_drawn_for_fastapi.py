"""What is drawn from the documents that FastAPI writes is accepted by the apps they describe."""

import datetime
import decimal
import enum
import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, Body, Cookie, FastAPI, File, Form, Header, Path, Query, UploadFile
from fastapi import Request as Incoming
from pydantic import BaseModel, Field

from safety_tests.requests import Request, RequestSet, parse
from safety_tests.requests.draw import draw

Answer = Callable[[Any, Request], tuple[int, bytes]]


def drawn_and_answered(app: FastAPI, answer: Answer, limit: int = 50) -> RequestSet:
    """The requests, after the app has answered each with 2xx."""
    drawn = draw(app.openapi(), limit=limit)
    assert drawn.skipped == ()
    assert drawn.requests
    for request in drawn.requests:
        status, body = answer(app, request)
        assert 200 <= status < 300, (request.name, request.source, body)
        assert parse([request.source], "token").requests == (request,)
    return drawn


def bodies(drawn: RequestSet) -> list[bytes]:
    return [request.body for request in drawn.requests]


class Iris(BaseModel):
    sepal_length: float = Field(ge=0, le=30)
    sepal_width: float = Field(gt=0, lt=30)
    petal_length: float = Field(examples=[1.4, 5.2])
    petal_width: float
    collector: str | None = None


class Features(BaseModel):
    features: Annotated[list[float], Field(min_length=4, max_length=4)]


class Batch(BaseModel):
    rows: Annotated[list[Features], Field(min_length=1, max_length=8)]
    version: int = 1


def test_a_prediction_is_drawn_three_times_with_different_features(answer: Answer) -> None:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Features) -> float:
        return sum(row.features)

    drawn = drawn_and_answered(app, answer)
    assert [request.name for request in drawn.requests] == [
        "POST /predict #1", "POST /predict #2", "POST /predict #3",
    ]  # fmt: skip
    assert len(set(bodies(drawn))) == 3
    assert drawn.requests[0].body == b'{"features":[5.1,3.5,1.4,0.2]}'
    assert drawn.origin == "OpenAPI schema"


def test_models_with_bounds_and_nested_models_are_answered(answer: Answer) -> None:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Iris) -> float:
        return row.sepal_length

    @app.post("/batch")
    def batch(data: Batch) -> int:
        return len(data.rows)

    @app.post("/both")
    def both(row: Iris, data: Batch, flag: Annotated[bool, Body()]) -> bool:
        return flag and bool(row) and bool(data)

    assert len(drawn_and_answered(app, answer).requests) == 9


def test_the_examples_of_the_author_come_first_and_give_their_names(answer: Answer) -> None:
    app = FastAPI()
    named = {
        "setosa": {"value": {"features": [5.0, 3.4, 1.5, 0.2]}},
        "virginica": {"value": {"features": [6.3, 3.3, 6.0, 2.5]}},
    }

    @app.post("/predict")
    def predict(data: Annotated[dict[str, Any], Body(openapi_examples=named)]) -> float:
        return float(sum(data["features"]))

    drawn = drawn_and_answered(app, answer)
    names = [request.name for request in drawn.requests]
    assert names == ["POST /predict setosa", "POST /predict virginica", "POST /predict #3"]
    assert drawn.requests[1].source["json"] == named["virginica"]["value"]


def test_an_example_of_an_open_body_is_varied_and_keeps_its_length_and_keys(
    answer: Answer,
) -> None:
    app = FastAPI()

    @app.post("/predict")
    def predict(
        data: Annotated[dict[str, Any], Body(examples=[{"row": [1, 2.5, 3], "sex": "female"}])],
    ) -> float:
        return float(sum(data["row"]))

    drawn = drawn_and_answered(app, answer)
    sent = [request.source["json"] for request in drawn.requests]
    assert [len(one["row"]) for one in sent] == [3, 3, 3]
    assert [one["sex"] for one in sent] == ["female", "female", "female 3"]
    assert len({str(one["row"]) for one in sent}) == 3


class Review(BaseModel):
    model_config = {"json_schema_extra": {"examples": [{"text": "a fine film"}]}}
    text: str


def test_a_single_text_example_still_gives_different_texts(answer: Answer) -> None:
    app = FastAPI()

    @app.post("/classify")
    def classify(review: Review) -> int:
        return len(review.text)

    drawn = drawn_and_answered(app, answer)
    assert drawn.requests[0].source["json"] == {"text": "a fine film"}
    assert len(set(bodies(drawn))) == 3


def test_bodies_that_say_nothing_get_a_row_of_features(answer: Answer) -> None:
    app = FastAPI()

    @app.post("/predict")
    def predict(data: dict) -> float:  # type: ignore[type-arg]
        return float(sum(data["features"]))

    @app.post("/infer")
    def infer(data: Annotated[Any, Body()]) -> float:
        return float(sum(data["features"]))

    @app.post("/score")
    async def score(request: Incoming) -> float:
        return float(sum((await request.json())["features"]))

    assert len(drawn_and_answered(app, answer).requests) == 9


def test_parameters_of_every_place_are_answered(answer: Answer) -> None:
    app = FastAPI()

    class Color(enum.StrEnum):
        red = "red"
        green = "green"

    class Page(BaseModel):
        limit: int = Field(10, gt=0, le=100)
        order_by: Literal["name", "date"] = "name"
        tags: list[str] = []

    @app.get("/items/{item_id}/{color}")
    def item(
        item_id: Annotated[int, Path(ge=1)],
        color: Color,
        q: str,
        when: datetime.date,
        many: Annotated[list[int], Query()],
        x_token: Annotated[str, Header(min_length=3)],
        session: Annotated[str, Cookie()],
        ratio: Annotated[float, Query(gt=0, lt=1)] = 0.5,
        note: str | None = None,
    ) -> str:
        assert len(many) == 4
        assert 0 < ratio < 1
        return f"{item_id}{color}{q}{when}{x_token}{session}{note}"

    @app.get("/name/{name:path}")
    def name(name: str) -> str:
        return name

    @app.get("/search")
    def search(page: Annotated[Page, Query()]) -> int:
        return page.limit

    @app.get("/default")
    def default(size: int = 3) -> int:
        return size

    @app.get("/with-example")
    def example(city: Annotated[str, Query(examples=["Oslo"])] = "?") -> str:
        return city

    by_path: dict[str, list[bytes]] = {}
    for request in drawn_and_answered(app, answer).requests:
        by_path.setdefault(request.path.split("/")[1], []).append(request.query)
    assert [len(one) for one in by_path.values()] == [3] * 5
    assert by_path["default"] == [b"", b"size=4", b"size=5"]
    assert by_path["with-example"][0] == b"city=Oslo"


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    tricks: set[str] = Field(min_length=2)


class Node(BaseModel):
    value: float
    children: list["Node"] = []
    parent: "Node | None" = None


class Forest(BaseModel):
    roots: list[Node]
    best: Node | None


class Everything(BaseModel):
    day: datetime.date
    moment: datetime.datetime
    clock: datetime.time
    span: datetime.timedelta
    key: uuid.UUID
    price: decimal.Decimal
    cents: Annotated[int, Field(multiple_of=5, gt=0, lt=30)]
    step: Annotated[float, Field(multiple_of=0.1, ge=0.3, le=0.6)]
    grams: Annotated[float, Field(gt=1000)]
    cold: Annotated[float, Field(lt=-5)]
    year: Annotated[int, Field(ge=1990, le=2030)]
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}\d{3}(-[a-z]+)?$")]
    zip: Annotated[str, Field(pattern=r"^\d{5}$", min_length=5, max_length=5)]
    short: Annotated[str, Field(max_length=2)]
    long: Annotated[str, Field(min_length=30)]
    pair: tuple[int, str]
    matrix: list[list[float]]
    unique: Annotated[set[int], Field(min_length=3)]
    table: dict[str, float]
    by_color: dict[Literal["red", "blue"], int]
    maybe: int | None
    either: int | str
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    pets: list[Cat | Dog]
    blob: Annotated[bytes, Field(max_length=8)]
    literal: Literal[3, "x", None]
    anything: Any
    yes: bool
    level: Literal["one"] = "one"
    optional: Annotated[str | None, Field(max_length=3)] = None


def test_every_type_of_a_model_gets_a_value_that_is_accepted(answer: Answer) -> None:
    app = FastAPI()

    @app.post("/predict")
    def predict(data: Everything) -> Everything:
        return data

    @app.post("/forest")
    def forest(data: Forest) -> int:
        return len(data.roots)

    drawn = drawn_and_answered(app, answer)
    assert len(drawn.requests) == 6
    assert len(set(bodies(drawn))) == 6
    rows = [one.source["json"] for one in drawn.requests if one.path == "/predict"]
    for field in set(rows[0]) - {"level"}:
        assert len({str(row[field]) for row in rows}) > 1, f"{field} is the same in each variant"


def test_an_address_is_drawn_that_a_strict_validator_accepts(answer: Answer) -> None:
    pytest.importorskip("email_validator", reason="pip install email-validator")
    from pydantic import EmailStr, HttpUrl, IPvAnyAddress

    app = FastAPI()

    class Contact(BaseModel):
        email: EmailStr
        page: HttpUrl
        address: IPvAnyAddress

    @app.post("/contact")
    def contact(data: Contact) -> str:
        return data.email

    assert len(drawn_and_answered(app, answer).requests) == 3


def test_forms_and_uploads_are_answered(answer: Answer) -> None:
    pytest.importorskip("python_multipart", reason="pip install python-multipart")
    app = FastAPI()

    @app.post("/login")
    def login(user: Annotated[str, Form()], age: Annotated[int, Form(ge=18)]) -> str:
        return f"{user}{age}"

    @app.post("/predict-file")
    def predict_file(file: UploadFile) -> int:
        rows = file.file.read().decode()
        assert file.filename
        return len([float(one) for one in rows.split(",")])

    @app.post("/raw")
    def raw(file: Annotated[bytes, File()], label: Annotated[str, Form()] = "none") -> int:
        return len(file) + len(label)

    @app.post("/several")
    def several(files: list[UploadFile], note: Annotated[list[int], Form()]) -> int:
        assert len(files) == 2
        return len(note)

    @app.post("/maybe")
    def maybe(file: UploadFile | None = None) -> str:
        return (file and file.filename) or "none"

    drawn = drawn_and_answered(app, answer)
    assert len(drawn.requests) == 15
    types = {dict(one.headers)[b"content-type"] for one in drawn.requests if one.body}
    assert types == {
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=safety-tests-boundary",
    }


def test_one_of_each_operation_comes_first_and_predictions_before_all(answer: Answer) -> None:
    app = FastAPI()
    router = APIRouter(prefix="/v1")

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.get("/item/{item}")
    def item(item: int) -> int:
        return item

    @app.post("/reload")
    def reload(version: int = 1) -> int:
        return version

    @router.post("/predict")
    def predict(data: Features) -> int:
        return len(data.features)

    @app.post("/echo")
    def echo(data: Features) -> int:
        return len(data.features)

    app.include_router(router)
    order = [request.name for request in drawn_and_answered(app, answer).requests]
    assert order == [
        "POST /v1/predict #1", "POST /echo #1", "GET /item/{item} #1", "GET /health",
        "POST /reload #1", "POST /v1/predict #2", "POST /echo #2", "GET /item/{item} #2",
        "POST /reload #2", "POST /v1/predict #3", "POST /echo #3", "GET /item/{item} #3",
        "POST /reload #3",
    ]  # fmt: skip
    few = draw(app.openapi(), limit=3)
    assert [request.name for request in few.requests] == order[:3]
    assert few.skipped == (
        "GET /health: the limit of 3 requests was reached",
        "POST /reload: the limit of 3 requests was reached",
    )
    changing = {one.path for one in draw(app.openapi(), limit=50).requests if one.changes}
    assert changing == {"/reload"}


def test_the_same_document_gives_the_same_requests(answer: Answer) -> None:
    app = FastAPI()

    @app.post("/predict")
    def predict(data: Everything) -> int:
        return data.cents

    first, second = drawn_and_answered(app, answer), draw(app.openapi(), limit=50)
    assert first == second
    assert [one.source for one in first.requests] == [one.source for one in second.requests]
