"""What a route costs that does nothing: the sample service's request and response, no model."""

from fastapi import FastAPI

from sample_service.schemas import PredictRequest, PredictResponse

app = FastAPI()


@app.post("/predict")
async def predict(request: PredictRequest) -> PredictResponse:
    first = request.features[0]
    share = {"setosa": first, "versicolor": 0.25, "virginica": 0.75}
    return PredictResponse(label="setosa", probability=first, probabilities=share, version="1")


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
