from fastapi import FastAPI

app = FastAPI()


class Model:
    def __init__(self, version, weight):
        self.version = version
        self.weight = weight

    def predict(self, value):
        return self.weight * value


class Registry:
    active = Model(1, 1)


def active():
    return Registry.active


@app.post("/reload")
def reload():
    Registry.active = Model(2, 10)
    return {"loaded": 2}


@app.get("/predict/{value}")
def predict(value: int):
    model = active()
    return {"version": model.version, "score": model.predict(value)}
