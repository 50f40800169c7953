"""Who takes part: the styles of the sample service, four peers, and three limits."""

from __future__ import annotations

from typing import Any

from loadtests.benchmark.contender import Contender, Row
from safety_tests.errors import UsageError

SAMPLE_ENV = {"SAMPLE_SERVICE_MODEL_DIR": "{model}", "SAMPLE_SERVICE_VERSION": "benchmark"}


def _uvicorn(app: str, *flags: str) -> tuple[str, ...]:
    server = ("{python}", "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", "{port}")
    return (*server, "--no-access-log", "--log-level", "warning", *flags)


def _style(name: str, what: str, module: str, *flags: str, **fields: Any) -> Contender:
    return Contender(
        name=name,
        group="style",
        what=what,
        command=_uvicorn(f"{module}:app", *flags),
        env=SAMPLE_ENV,
        loads="model loaded",
        **fields,
    )


def _batch_of_one(row: Row) -> Any:
    return {"features": [row]}


def _open_inference(row: Row) -> Any:
    # With an id, or the server makes one up and no two answers are the same.
    data = {"name": "features", "shape": [1, len(row)], "datatype": "FP64", "data": row}
    return {"id": " ".join(map(str, row)), "inputs": [data]}


STYLES = (
    _style("default", "the sample service as it comes", "sample_service.app"),
    _style("inline", "at once, on the event loop", "sample_service.styles.inline"),
    _style("threads", "in a worker thread", "sample_service.styles.threads"),
    _style(
        "coalesced",
        "with those that arrive together, public scikit-learn API",
        "sample_service.styles.coalesced",
    ),
    _style(
        "trees",
        "coalesced, a forest through its trees",
        "sample_service.styles.trees",
        models=("forest", "big"),
    ),
    _style("compiled", "coalesced, in onnxruntime", "sample_service.styles.compiled"),
    _style(
        "trees-2",
        "trees, 2 workers",
        "sample_service.styles.trees",
        *("--workers", "2"),
        models=("forest",),
    ),
    _style(
        "compiled-2",
        "compiled, 2 workers",
        "sample_service.styles.compiled",
        *("--workers", "2"),
        models=("forest",),
    ),
    _style(
        "coalesced-2",
        "coalesced, 2 workers",
        "sample_service.styles.coalesced",
        *("--workers", "2"),
        models=("forest", "linear"),
    ),
    Contender(
        name="preloaded-4",
        group="style",
        what="coalesced, loaded once by gunicorn and forked into 4 processes",
        command=(
            *("{python}", "-m", "gunicorn", "-c", "{deploy}/gunicorn.conf.py"),
            *("--bind", "127.0.0.1:{port}", "--workers", "4"),
        ),
        env=SAMPLE_ENV,
        models=("big",),
    ),
)

LIMITS = (
    Contender(
        name="textbook",
        group="limit",
        what="the service as it is usually written",
        command=_uvicorn("sample_service.textbook:app"),
        env=SAMPLE_ENV,
        ready="/health",
        live="/health",
        label="$.prediction",
        loads="model loaded",
    ),
    Contender(
        name="empty-route",
        group="limit",
        what="FastAPI with the same request and response, and nothing behind them",
        command=_uvicorn("loadtests.benchmark.empty_route:app"),
        ready="/health",
        live="/health",
        answers=False,
    ),
    Contender(
        name="predict",
        group="limit",
        what="`model.predict` of one row after the other, in one thread and without a server",
    ),
)

PEERS = (
    Contender(
        name="bentoml",
        group="peer",
        what="BentoML 1.4, a batchable API, 2 workers",
        command=(
            *("{bin}/bentoml", "serve", "with_bentoml:Model", "--working-dir", "{peers}"),
            *("--host", "127.0.0.1", "--port", "{port}"),
        ),
        env={
            "BENCHMARK_MODEL": "{model}/model.joblib",
            "BENTOML_DO_NOT_TRACK": "True",
            "BENTOML_HOME": "{folder}/bentoml",
        },
        ready="/readyz",
        live="/livez",
        body=_batch_of_one,
        label="$[0]",
        environment="bentoml",
    ),
    Contender(
        name="litserve",
        group="peer",
        what="LitServe 0.2, batched, 2 workers, `fast_queue`",
        command=("{python}", "{peers}/with_litserve.py", "{port}"),
        env={"BENCHMARK_MODEL": "{model}/model.joblib"},
        ready="/health",
        live="/health",
        environment="litserve",
    ),
    Contender(
        name="mlserver",
        group="peer",
        what="MLServer 1.7, its scikit-learn runtime, adaptive batching",
        command=("{bin}/mlserver", "start", "{peers}/with_mlserver"),
        env={
            "MLSERVER_HTTP_PORT": "{port}",
            "MLSERVER_GRPC_PORT": "0",
            "MLSERVER_MODEL_URI": "{model}/model.joblib",
        },
        ready="/v2/health/ready",
        live="/v2/health/live",
        path="/v2/models/model/infer",
        body=_open_inference,
        label="$.outputs[0].data[0]",
        environment="mlserver",
    ),
    Contender(
        name="ray-serve",
        group="peer",
        what="Ray Serve 2.60, dynamic request batching, its mode for throughput",
        command=("{python}", "{peers}/with_ray_serve.py", "{port}"),
        env={
            "BENCHMARK_MODEL": "{model}/model.joblib",
            "RAY_AUTH_MODE": "disabled",  # or it leaves a token in the home folder
            "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
            "RAY_TMPDIR": "{folder}",
            "RAY_USAGE_STATS_ENABLED": "0",
        },
        ready="/-/healthz",
        live="/-/healthz",
        environment="ray-serve",
    ),
)

CONTENDERS = (*STYLES, *LIMITS, *PEERS)


def chosen(names: list[str], kind: str) -> list[Contender]:
    """Those of these names, or all, that can serve this kind of model.

    Raises UsageError for a name that none has, and where nobody is left.
    """
    known = [contender.name for contender in CONTENDERS]
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"expected some of {', '.join(known)}; got {', '.join(unknown)}")
    found = [c for c in CONTENDERS if c.name in (names or known) and kind in c.models]
    if not found:
        raise UsageError(f"expected a contender with the model {kind}, got {', '.join(names)}")
    return found
