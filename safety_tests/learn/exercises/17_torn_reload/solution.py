from fastapi import FastAPI

WEIGHTS = {"v1": 1, "v2": 10, "v3": 100}

app = FastAPI()


class Model:
    def __init__(self, version):
        self.version = version
        self.weight = WEIGHTS.get(version)


model = Model("v1")


@app.post("/reload/{version}")
def reload(version: str):
    global model
    model = Model(version)
    return {"loaded": version}


@app.get("/predict/{value}")
def predict(value: int):
    current = model
    return {"version": current.version, "score": current.weight * value}
