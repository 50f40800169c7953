"""What a request must look like, and what is answered."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from sample_service.predictor import FLOAT32_MAX

SETOSA: dict[str, Any] = {"features": [5.1, 3.5, 1.4, 0.2]}
VERSICOLOR: dict[str, Any] = {"features": [5.9, 3.0, 4.2, 1.5]}
VIRGINICA: dict[str, Any] = {"features": [6.3, 3.3, 6.0, 2.5]}
SWITCH: dict[str, Any] = {"version": "2"}

# Strict: "5.1" and true are mistakes of the client, and converting them would hide these.
Feature = Annotated[
    float,
    Field(
        strict=True,
        allow_inf_nan=False,
        # For readers of the schema: the predictor refuses the others, and names the feature.
        json_schema_extra={"minimum": -FLOAT32_MAX, "maximum": FLOAT32_MAX},
    ),
]


class PredictRequest(BaseModel):
    """One iris: sepal length and width, petal length and width, in centimetres."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [SETOSA, VERSICOLOR, VIRGINICA]}
    )
    features: Annotated[list[Feature], Field(min_length=4, max_length=4)]


# A NaN would be written as null, and be believed.
Probability = Annotated[float, Field(allow_inf_nan=False)]


class PredictResponse(BaseModel):
    """The most probable class, its probability and every class's, and which model says so."""

    label: str
    probability: Probability
    probabilities: dict[str, Probability]
    version: str


class ReloadRequest(BaseModel):
    """Which version is to answer from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [SWITCH]})
    version: Annotated[str, Field(min_length=1, max_length=64)]
