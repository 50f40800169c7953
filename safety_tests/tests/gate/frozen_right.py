"""Services that look as if they changed what they share, and leave it as it was."""

NOTHING = {
    "a model that is loaded by the first request": """
@functools.lru_cache
def load():
    return Model()

@app.get("/p")
def predict(x: float):
    return load().predict(x)
""",
    "a model that is stored by the first request": """
held = {}

@app.get("/p")
async def predict(x: float):
    if "model" not in held:
        held["model"] = Model()
    return held["model"].predict(x)
""",
    "a cached property": """
class Lazy:
    @functools.cached_property
    def model(self):
        return Model()

lazy = Lazy()

@app.get("/p")
def predict(x: float):
    return lazy.model.predict(x)
""",
    "objects of the request's own": """
@app.get("/p")
def predict(x: float):
    own = Service(Model())
    own.model.weight = x
    own.model.coef_ *= x
    return own.model.predict(float(own.model.coef_[0]))
""",
    "a copy that is changed": """
import copy

@app.get("/p")
def predict(x: float):
    mine = copy.deepcopy(model)
    mine.weight += x
    coef = model.coef_.copy()
    coef += x
    return mine.predict(float(coef[0]))
""",
    "an equal value written back": """
@app.get("/p")
def predict(x: float):
    before = model.weight
    model.weight = x
    answer = model.predict(1.0)
    model.weight = before * 1.0
    return answer
""",
    "an array that is put back": """
@app.get("/p")
def predict(x: float):
    model.coef_ += x
    answer = float(model.coef_[0])
    model.coef_ -= x
    return answer
""",
    "a list that is emptied again": """
rows = []

@app.get("/p")
async def predict(x: float):
    rows.append(x)
    answer = sum(rows)
    rows.clear()
    return answer
""",
    "an object taken from a pool and put back": """
pool = [Model()]

@app.get("/p")
async def predict(x: float):
    mine = pool.pop()
    answer = mine.predict(x)
    pool.append(mine)
    return answer
""",
    "thread-local memory": """
own = threading.local()

@app.get("/p")
def predict(x: float):
    own.x = x
    return model.predict(own.x)
""",
    "a context variable": """
from contextvars import ContextVar

current = ContextVar("current", default=None)

@app.get("/p")
async def predict(x: float):
    current.set(x)
    return current.get()
""",
    "a lock": """
lock = threading.Lock()
reentrant = threading.RLock()

@app.get("/p")
def predict(x: float):
    with lock, reentrant:
        return model.predict(x)
""",
    "an asyncio lock and a semaphore": """
import asyncio

lock = asyncio.Lock()
slots = asyncio.Semaphore(2)

@app.get("/p")
async def predict(x: float):
    async with slots, lock:
        await asyncio.sleep(0)
        return model.predict(x)
""",
    "an event, a condition and a queue": """
import queue

ready = threading.Condition()
free = queue.Queue()
free.put(model)

@app.get("/p")
def predict(x: float):
    mine = free.get()
    with ready:
        ready.notify_all()
    free.put(mine)
    return mine.predict(x)
""",
    "logging": """
log = logging.getLogger("service")

@app.get("/p")
def predict(x: float):
    log.warning("asked for %s", x)
    return model.predict(x)
""",
    "a draw from the generator of the process": """
@app.get("/p")
def predict(x: float):
    random.random()
    numpy.random.random()
    return model.predict(x)
""",
    "a fit of an estimator of the request's own": """
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

line = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])

@app.get("/p")
def predict(x: float):
    mine = clone(line).fit([[0.0], [1.0]], [0.0, x])
    return float(mine.predict([[2.0]])[0] + line.predict([[x]])[0])
""",
    "a prediction of a forest": """
from sklearn.ensemble import RandomForestClassifier

forest = RandomForestClassifier(n_estimators=3, random_state=0).fit([[0.0], [9.0]], [0, 1])

@app.get("/p")
def predict(x: float):
    return forest.predict_proba([[x]]).tolist()
""",
    "a prediction of a pipeline": """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit([[0.0], [9.0]], [0, 1])

@app.get("/p")
def predict(x: float):
    return pipeline.predict_proba([[x]]).tolist()
""",
    "a module that is imported by the first request": """
@app.get("/p")
def predict(x: float):
    import statistics
    return statistics.fmean([x, x])
""",
    "a background task": """
from fastapi import BackgroundTasks

def note(x):
    return x

@app.get("/p")
def predict(x: float, tasks: BackgroundTasks):
    tasks.add_task(note, x)
    return model.predict(x)
""",
    "a task group, and tasks that are done": """
import asyncio

async def part(x):
    await asyncio.sleep(0)
    return x

@app.get("/p")
async def predict(x: float):
    return sum(await asyncio.gather(part(x), part(1.0)))
""",
    "an executor of the app's own": """
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(2)

@app.get("/p")
def predict(x: float):
    return pool.submit(model.predict, x).result()
""",
}
