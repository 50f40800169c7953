from fastapi import FastAPI

WEIGHTS = {"v1": 1, "v2": 10, "v3": 100}

app = FastAPI()


class Model:
    def __init__(self):
        self.version = "v1"
        self.weight = WEIGHTS["v1"]

    def load(self, version):
        self.version = version
        self.weight = WEIGHTS.get(version)


model = Model()


@app.post("/reload/{version}")
def reload(version: str):
    model.load(version)
    return {"loaded": version}


@app.get("/predict/{value}")
def predict(value: int):
    current = model
    return {"version": current.version, "score": current.weight * value}
