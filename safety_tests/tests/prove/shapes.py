"""Right services in the forms in which people write them, one of each form.

`/predict?x=1` and `/predict?x=2` get different answers, and nothing is shared. Each is a dictionary
of files; `WHERE` says in which function the race is to be planted.
"""

ANSWER = """\
from starlette.responses import JSONResponse


def answer(request):
    return JSONResponse({"y": 2 * int(request.query_params["x"])})

"""

RESPOND = """\
import json
from urllib.parse import parse_qs


async def respond(send, body):
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})

"""

SHAPES: dict[str, dict[str, str]] = {}
WHERE: dict[str, str] = {}


def shape(name: str, where: str, files: dict[str, str] | str) -> None:
    SHAPES[name] = files if isinstance(files, dict) else {"app.py": files}
    WHERE[name] = where


shape(
    "def",
    "predict",
    '''\
    """An app."""

    from __future__ import annotations

    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/predict")
    def predict(x: int) -> dict[str, int]:
        """Doubles it."""
        return {"y": 2 * x}
    ''',
)

shape(
    "async_def",
    "predict",
    """\
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/predict")
    async def predict(x: int):
        return {"y": 2 * x}
    """,
)

shape(
    "package",
    "predict",
    {
        "service/__init__.py": "",
        "service/model.py": "def double(x):\n    return 2 * x\n",
        "service/routes/__init__.py": "from .predictions import router\n",
        "service/routes/predictions.py": """\
        from fastapi import APIRouter

        from ..model import double

        router = APIRouter()


        @router.get("/predict")
        def predict(x: int):
            return {"y": double(x)}
        """,
        "app.py": """\
        from fastapi import FastAPI

        from service.routes import router

        app = FastAPI()
        app.include_router(router)
        """,
    },
)

shape(
    "factory",
    "predict",
    """\
    from fastapi import FastAPI


    def app():
        made = FastAPI()

        @made.get("/predict")
        def predict(x: int):
            return {"y": 2 * x}

        return made
    """,
)

shape(
    "mounted",
    "predict",
    """\
    from fastapi import FastAPI

    inner = FastAPI()


    @inner.get("/predict")
    def predict(x: int):
        return {"y": 2 * x}


    app = FastAPI()
    app.mount("/", inner)
    """,
)

shape(
    "middleware",
    "predict",
    """\
    from fastapi import FastAPI

    app = FastAPI()


    @app.middleware("http")
    async def stamped(request, call_next):
        answer = await call_next(request)
        answer.headers["x-stamp"] = "1"
        return answer


    @app.get("/predict")
    async def predict(x: int):
        return {"y": 2 * x}
    """,
)

shape(
    "bound_method",
    "Model.predict",
    """\
    from fastapi import FastAPI

    app = FastAPI()


    class Model:
        def predict(self, x: int):
            return {"y": 2 * x}


    app.get("/predict")(Model().predict)
    """,
)

shape(
    "callable_object",
    "Model.__call__",
    """\
    from fastapi import FastAPI

    app = FastAPI()


    class Model:
        async def __call__(self, x: int):
            return {"y": 2 * x}


    app.get("/predict")(Model())
    """,
)

shape(
    "wrapped",
    "predict",
    """\
    import functools

    from fastapi import FastAPI

    app = FastAPI()


    def logged(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper


    @app.get("/predict")
    @logged
    def predict(x: int):
        return {"y": 2 * x}
    """,
)

shape(
    "one_line",
    "predict",
    """\
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/predict")
    def predict(x: int): return {"y": 2 * x}
    """,
)

shape(
    "wrapped_without_a_trace",
    "wrapper",
    ANSWER
    + """\
from starlette.applications import Starlette
from starlette.routing import Route


def logged(function):
    async def wrapper(*arguments, **more):
        return function(*arguments, **more)

    return wrapper


app = Starlette(routes=[Route("/predict", logged(answer))])
""",
)

shape(
    "dependency",
    "double",
    """\
    from contextvars import ContextVar

    from fastapi import Depends, FastAPI

    app = FastAPI()
    doubled = ContextVar("doubled")


    # The handler has no parameter, and so nothing of a request.
    async def double(x: int):
        doubled.set(2 * x)


    @app.get("/predict", dependencies=[Depends(double)])
    async def predict():
        return {"y": doubled.get()}
    """,
)

shape(
    "starlette",
    "predict",
    ANSWER
    + """\
from starlette.applications import Starlette
from starlette.routing import Route


async def predict(request):
    return answer(request)


app = Starlette(routes=[Route("/predict", predict)])
""",
)

shape(
    "starlette_class",
    "Predict.get",
    ANSWER
    + """\
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Route


class Predict(HTTPEndpoint):
    async def get(self, request):
        return answer(request)


app = Starlette(routes=[Route("/predict", Predict)])
""",
)

shape(
    "starlette_lambda",
    "answer",
    ANSWER
    + """\
from starlette.applications import Starlette
from starlette.routing import Route

app = Starlette(routes=[Route("/predict", lambda request: answer(request))])
""",
)

shape(
    "asgi_function",
    "app",
    RESPOND
    + """\

async def app(scope, receive, send):
    assert scope["type"] == "http"
    x = int(parse_qs(scope["query_string"])[b"x"][0])
    await respond(send, {"y": 2 * x})
""",
)

shape(
    "asgi_class",
    "App.__call__",
    RESPOND
    + """\

class App:
    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        x = int(parse_qs(scope["query_string"])[b"x"][0])
        await respond(send, {"y": 2 * x})


app = App()
""",
)

shape(
    "asgi_app_in_parts",
    "app",
    RESPOND
    + """\

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await respond(send, {"y": 2 * await number(scope)})


async def number(scope):
    return int(parse_qs(scope["query_string"])[b"x"][0])
""",
)

shape(
    "data_files",
    "app",
    {
        "data/factor.txt": "2",
        "app.py": RESPOND
        + """\

from pathlib import Path

FACTOR = int((Path(__file__).parent / "data" / "factor.txt").read_text())


async def app(scope, receive, send):
    assert scope["type"] == "http"
    x = int(parse_qs(scope["query_string"])[b"x"][0])
    await respond(send, {"y": FACTOR * x})
""",
    },
)
