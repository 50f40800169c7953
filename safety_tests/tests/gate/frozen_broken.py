"""Services whose requests change what they share and are then answered otherwise."""

HARM = {
    "an attribute": (
        "app.model.weight",
        """
@app.get("/p")
def predict(x: float):
    model.weight += 1
    return model.predict(x)
""",
    ),
    "an attribute, from a coroutine": (
        "app.model.weight",
        """
@app.get("/p")
async def predict(x: float):
    answer = model.predict(x)
    model.weight = x
    return answer
""",
    ),
    "a class attribute": (
        "app.Model.bias",
        """
@app.get("/p")
def predict(x: float):
    Model.bias += x
    return model.predict(x)
""",
    ),
    "a module global": (
        "app.offset",
        """
offset = 0.0

@app.get("/p")
def predict(x: float):
    global offset
    offset += x
    return offset
""",
    ),
    "the state of the app": (
        "app.app.state.offset",
        """
app.state.offset = 0.0

@app.get("/p")
def predict(x: float):
    app.state.offset += x
    return app.state.offset
""",
    ),
    "a closure": (
        "make.offset",
        """
def make():
    offset = 0.0

    @app.get("/p")
    def predict(x: float):
        nonlocal offset
        offset += x
        return offset

make()
""",
    ),
    "a slot": (
        "app.scaler",
        """
class Scaler:
    __slots__ = ("mean",)

scaler = Scaler()
scaler.mean = 0.0

@app.get("/p")
def predict(x: float):
    scaler.mean = (scaler.mean + x) / 2
    return x - scaler.mean
""",
    ),
    "a dictionary in a list in a dictionary": (
        "app.models['eu'][0]['bias']",
        """
models = {"eu": [{"bias": 0.0}], "us": [{"bias": 1.0}]}

@app.get("/p")
def predict(x: float):
    models["eu"][0]["bias"] += x
    return models["eu"][0]["bias"]
""",
    ),
    "a list": (
        "app.rows",
        """
rows = []

@app.get("/p")
def predict(x: float):
    rows.append(x)
    return sum(rows)
""",
    ),
    "a deque": (
        "app.window",
        """
window = collections.deque(maxlen=3)

@app.get("/p")
def predict(x: float):
    window.append(x)
    return sum(window)
""",
    ),
    "a set": (
        "app.seen",
        """
seen = set()

@app.get("/p")
def predict(x: float, again: bool = False):
    seen.add(x)
    return len(seen)
""",
    ),
    "an array in place": (
        "app.service.model.coef_",
        """
del model
service = Service(Model())

@app.get("/p")
def predict(x: float):
    service.model.coef_ *= x + 1
    return float(service.model.coef_[0])
""",
    ),
    "an array of 800 KB in place": (
        "app.service.model.coef_",
        """
del model
service = Service(Model())
service.model.coef_ = numpy.ones(100_000)

@app.get("/p")
def predict(x: float):
    service.model.coef_[77_777] += x
    return float(service.model.coef_.sum())
""",
    ),
    "the array that a cached loader returned": (
        "app.load_model().model.coef_",
        """
@functools.lru_cache
def load_model():
    return Service(Model())

@app.get("/p")
def predict(x: float):
    load_model().model.coef_ += x
    return float(load_model().model.coef_[0])
""",
    ),
    "a parameter set on a shared estimator": (
        "app.forest.n_estimators",
        """
from sklearn.ensemble import RandomForestClassifier

forest = RandomForestClassifier(n_estimators=3)

@app.get("/p")
def predict(x: float):
    before = forest.get_params()["n_estimators"]
    forest.set_params(n_estimators=before + int(x))
    return before
""",
    ),
    "a mutable default": (
        "app.collect",
        """
def collect(x, rows=[]):
    rows.append(x)
    return rows

@app.get("/p")
def predict(x: float):
    return sum(collect(x))
""",
    ),
    "an attribute of a function": (
        "app.predict.calls",
        """
@app.get("/p")
def predict(x: float):
    predict.calls += 1
    return predict.calls

predict.calls = 0
""",
    ),
    "what a dependency remembers": (
        "app.remember.last",
        """
from fastapi import Depends

class Remember:
    last = None

    def __call__(self, x: float):
        before, self.last = self.last, x
        return before

remember = Remember()

@app.get("/p")
def predict(before=Depends(remember)):
    return before
""",
    ),
    "the environment": (
        "os.environ[",
        """
import os

@app.get("/p")
def predict(x: float):
    before = os.environ.get("LAST", "")
    os.environ["LAST"] = str(x)
    return before
""",
    ),
    "an iterator": (
        "app.numbers",
        """
numbers = itertools.count()

@app.get("/p")
def predict(x: float):
    return next(numbers)
""",
    ),
    "a generator of its own": (
        "app.model.noise",
        """
model.noise = random.Random(7)

@app.get("/p")
def predict(x: float):
    return x + model.noise.random()
""",
    ),
}
