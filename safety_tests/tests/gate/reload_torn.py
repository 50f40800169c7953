"""Services that show half of a change."""

PREDICT = """
@app.get("/p")
def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.version}
"""

ASYNC_PREDICT = PREDICT.replace("def predict", "async def predict")

TORN = {
    "model and version stored apart": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    bundle.model = load(version)
    bundle.version = version
    return version
""",
    "model and version stored at once and read apart": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    fresh = load(version)
    bundle.model, bundle.version = fresh, version
    return version
""",
    "a lock around the write alone": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    with lock:
        bundle.model = load(version)
        bundle.version = version
    return version
""",
    "a long load between the two": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    bundle.version = version
    time.sleep(30)
    bundle.model = load(version)
    return version
""",
    "two keys of a dictionary": """
state = {"model": Model(1), "version": 1}

@app.get("/p")
def predict(x: float):
    return {"y": state["model"].predict(x), "version": state["version"]}

@app.get("/reload")
def reload(version: int):
    state.update(model=load(version))
    state.update(version=version)
    return version
""",
    "the state of the app": """
app.state.model, app.state.version = Model(1), 1

@app.get("/p")
def predict(x: float):
    return {"y": app.state.model.predict(x), "version": app.state.version}

@app.get("/reload")
def reload(version: int):
    app.state.model = load(version)
    app.state.version = version
    return version
""",
    "module globals": """
model, current = Model(1), 1

@app.get("/p")
def predict(x: float):
    return {"y": model.predict(x), "version": current}

@app.get("/reload")
def reload(version: int):
    global model, current
    model = load(version)
    current = version
    return version
""",
    "a model that is changed in place": """
@app.get("/p")
def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.model.version}

@app.get("/reload")
def reload(version: int):
    bundle.model.__init__(version)
    return version
""",
    "a coroutine that awaits between the two": ASYNC_PREDICT
    + """
@app.get("/reload")
async def reload(version: int):
    bundle.model = load(version)
    await asyncio.sleep(0.1)
    bundle.version = version
    return version
""",
    "a coroutine that awaits between its two reads": """
@app.get("/p")
async def predict(x: float):
    y = bundle.model.predict(x)
    await asyncio.sleep(0.1)
    return {"y": y, "version": bundle.version}

@app.get("/reload")
async def reload(version: int):
    bundle.model, bundle.version = load(version), version
    return version
""",
    "an asyncio lock that only the reload takes": PREDICT.replace(
        "def predict", "async def predict"
    )
    + """
@app.get("/reload")
async def reload(version: int):
    async with turn:
        bundle.model = load(version)
        await asyncio.sleep(0.1)
        bundle.version = version
    return version
""",
    "a cache that is emptied before what it caches is changed": """
source = {"version": 1}

@functools.lru_cache
def current():
    return Model(source["version"])

@app.get("/p")
def predict(x: float):
    return {"y": current().predict(x)}

@app.get("/reload")
def reload(version: int):
    current.cache_clear()
    source["version"] = load(version).version
    return version
""",
    "a cache that a slow loader fills with what is old": """
held = {}
source = {"version": 1}

def current():
    if "model" not in held:
        held["model"] = load(source["version"])
    return held["model"]

@app.get("/p")
def predict(x: float):
    return {"y": current().predict(x)}

@app.get("/reload")
def reload(version: int):
    source["version"] = version
    held.clear()
    return version
""",
    "a model that is taken away before the new one is there": """
@app.get("/p")
def predict(x: float):
    model = bundle.model
    return {"y": model.predict(x) if model else None}

@app.get("/reload")
def reload(version: int):
    bundle.model = None
    bundle.model = load(version)
    return version
""",
    "answers of the old model in a cache": """
known = {}

@app.get("/p")
def predict(x: float):
    if x not in known:
        known[x] = bundle.model.predict(x)
    return {"y": known[x]}

@app.get("/reload")
def reload(version: int):
    bundle.model = load(version)
    known.clear()
    return version
""",
    "the module that holds the model": """
import sys
import types

module = types.ModuleType("model_of_today")
module.model, module.version = Model(1), 1
sys.modules["model_of_today"] = module

@app.get("/p")
def predict(x: float):
    import model_of_today
    return {"y": model_of_today.model.predict(x), "version": model_of_today.version}

@app.get("/reload")
def reload(version: int):
    exec("model, version = Model(v), v", {"Model": load, "v": version}, held := {})
    for name in held:
        setattr(module, name, held[name])
    return version
""",
}
