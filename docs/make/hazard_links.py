"""Where the public reports are that the zoo names in short, such as `numpy#29729`."""

import re

REPOSITORIES = {
    "agri": "Eshajha19/agri",
    "alibi": "SeldonIO/alibi",
    "ALwrity": "ALwrity/ALwrity",
    "amplihack": "rysweet/amplihack",
    "async_property": "ryananguiano/async_property",
    "asyncpg": "MagicStack/asyncpg",
    "chatgpt-retrieval-plugin": "openai/chatgpt-retrieval-plugin",
    "ClassyVision": "facebookresearch/ClassyVision",
    "cpython": "python/cpython",
    "ctms-api": "mozilla-it/ctms-api",
    "deepracer-utils": "aws-deepracer-community/deepracer-utils",
    "DeepSpeed-MII": "microsoft/DeepSpeed-MII",
    "duckdb": "duckdb/duckdb",
    "fastapi": "fastapi/fastapi",
    "FastChat": "lm-sys/FastChat",
    "FTRLp": "fmfn/FTRLp",
    "GenAIExamples": "opea-project/GenAIExamples",
    "gensim": "piskvorky/gensim",
    "httpcore": "encode/httpcore",
    "huggingface/tokenizers": "huggingface/tokenizers",
    "keras": "keras-team/keras",
    "kombu": "celery/kombu",
    "langchain": "langchain-ai/langchain",
    "langflow": "langflow-ai/langflow",
    "LightGBM": "microsoft/LightGBM",
    "LitServe": "Lightning-AI/LitServe",
    "marimo": "marimo-team/marimo",
    "marker": "datalab-to/marker",
    "matplotlib": "matplotlib/matplotlib",
    "mlgw": "giachello/mlgw",
    "MLServer": "SeldonIO/MLServer",
    "neuro-san-studio": "cognizant-ai-lab/neuro-san-studio",
    "nltk": "nltk/nltk",
    "numpy": "numpy/numpy",
    "OpenUBA": "GACWR/OpenUBA",
    "pandas": "pandas-dev/pandas",
    "PictoPy": "AOSSIE-Org/PictoPy",
    "presidio": "microsoft/presidio",
    "psycopg": "psycopg/psycopg",
    "pytorch": "pytorch/pytorch",
    "redis-py": "redis/redis-py",
    "scikit-learn": "scikit-learn/scikit-learn",
    "shap": "shap/shap",
    "skillberry-store": "skillberry-ai/skillberry-store",
    "spaCy": "explosion/spaCy",
    "sqlalchemy": "sqlalchemy/sqlalchemy",
    "starlette": "Kludex/starlette",
    "TabPFN": "PriorLabs/TabPFN",
    "tensorflow": "tensorflow/tensorflow",
    "threadpoolctl": "joblib/threadpoolctl",
    "transformers": "huggingface/transformers",
    "Truxify": "KanishJebaMathewM/Truxify",
    "vllm": "vllm-project/vllm",
    "webassets": "miracle2k/webassets",
    "wet-mcp": "n24q02m/wet-mcp",
    "WhisperLiveKit": "QuentinFuxa/WhisperLiveKit",
    "xgboost": "dmlc/xgboost",
}

REPORT = re.compile(
    r"(?:(?P<name>(?!PR#)\w[\w./-]*)(?: (?=PR#)|(?=#)))?(?P<pull>PR)?#(?P<number>\d+)"
)
"""`name#1`, `name PR#1`, and without a name in the project of the one before: `#1`, `PR#1`."""


def linked(text: str) -> str:
    """The text with a link behind each report; raises KeyError for a project that is not known."""
    last = ""

    def link(found: re.Match[str]) -> str:
        nonlocal last
        last = found["name"] or last
        kind = "pull" if found["pull"] else "issues"
        url = f"https://github.com/{REPOSITORIES[last]}/{kind}/{found['number']}"
        return f"[{found[0]}]({url})"

    return REPORT.sub(link, text)


def projects(text: str) -> list[str]:
    """The projects whose reports a text names, each once."""
    return list(dict.fromkeys(found["name"] for found in REPORT.finditer(text) if found["name"]))
