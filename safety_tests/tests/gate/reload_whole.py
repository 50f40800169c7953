"""Services whose changes are seen whole."""

from safety_tests.tests.gate.reload_torn import PREDICT

WHOLE = {
    "one tuple, read once": """
current = (Model(1), 1)

@app.get("/p")
def predict(x: float):
    model, version = current
    return {"y": model.predict(x), "version": version}

@app.get("/reload")
def reload(version: int):
    global current
    current = (load(version), version)
    return version
""",
    "one attribute of the state, read once": """
app.state.model = Model(1)

@app.get("/p")
def predict(x: float):
    model = app.state.model
    return {"y": model.predict(x), "version": model.version}

@app.get("/reload")
def reload(version: int):
    fresh = load(version)
    time.sleep(10)
    app.state.model = fresh
    return version
""",
    "a lock around both sides": """
@app.get("/p")
def predict(x: float):
    with lock:
        return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
def reload(version: int):
    with lock:
        bundle.model = load(version)
        time.sleep(10)
        bundle.version = version
    return version
""",
    "an asyncio lock around both sides": """
@app.get("/p")
async def predict(x: float):
    async with turn:
        return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
async def reload(version: int):
    async with turn:
        bundle.model = load(version)
        await asyncio.sleep(10)
        bundle.version = version
    return version
""",
    "a copy that is changed and stored at once": """
settings = {"model": Model(1), "version": 1}

@app.get("/p")
def predict(x: float):
    mine = settings
    return {"y": mine["model"].predict(x), "version": mine["version"]}

@app.get("/reload")
def reload(version: int):
    global settings
    fresh = dict(settings)
    fresh["model"] = load(version)
    fresh["version"] = version
    settings = fresh
    return version
""",
    "coroutines with no await between": """
@app.get("/p")
async def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
async def reload(version: int):
    fresh = await asyncio.to_thread(load, version)
    bundle.model, bundle.version = fresh, version
    return version
""",
    "a reload that only marks what is loaded later": """
held = {"wanted": 1, "model": Model(1)}

@app.get("/p")
def predict(x: float):
    with lock:
        if held["model"].version != held["wanted"]:
            held["model"] = load(held["wanted"])
        model = held["model"]
    return {"y": model.predict(x), "version": model.version}

@app.get("/reload")
def reload(version: int):
    with lock:
        held["wanted"] = version
    return version
""",
    "a cache that is emptied after what it caches was changed, behind a lock": """
source = {"version": 1}

@functools.lru_cache
def current():
    return Model(source["version"])

@app.get("/p")
def predict(x: float):
    with lock:
        return {"y": current().predict(x)}

@app.get("/reload")
def reload(version: int):
    with lock:
        source["version"] = version
        current.cache_clear()
    return version
""",
    "a reload to what is there already": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    bundle.model = load(1)
    bundle.version = 1
    return version
""",
    "a reload that is answered before it is done": """
current = Model(1)

def store(version):
    global current
    current = load(version)

@app.get("/p")
def predict(x: float):
    model = current
    return {"y": model.predict(x), "version": model.version}

@app.get("/reload")
def reload(version: int):
    store(version)
    return version
""",
}
