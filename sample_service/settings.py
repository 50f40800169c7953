"""What can be set from outside, each by an environment variable or a line of `.env`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SAMPLE_SERVICE_"


class Settings(BaseSettings):
    """The settings of one process; nothing changes them once they are read.

    `version` is the name of a folder of `model_dir`; where there is only one, it need not be said.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        protected_namespaces=(),
    )

    model_dir: Path = Path(__file__).parent / "model"
    version: str | None = None
    format: Literal["joblib", "skops"] = "joblib"
    admin_token: Annotated[SecretStr, Field(min_length=16)] | None = None
    max_body_bytes: PositiveInt = 64 * 1024
    max_in_flight: PositiveInt = 512
    body_seconds: PositiveFloat = 10.0
    answer_seconds: PositiveFloat = 10.0
    retry_after_seconds: PositiveInt = 1
    drain_seconds: NonNegativeFloat = 1.0
    log_format: Literal["json", "text"] = "json"


def read_settings() -> Settings:
    """Return the settings of the environment; a wrong one ends the process with what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise SystemExit("\n".join(wrong)) from None
