from pathlib import Path

import pytest
from pydantic import ValidationError

from sample_service.app import create_app
from sample_service.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder of the test's own, where it may write `.env`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_sets_and_wins_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text(
        "SAMPLE_SERVICE_VERSION=2\nSAMPLE_SERVICE_MAX_IN_FLIGHT=7\nOTHER_APP=1\n"
    )
    monkeypatch.setenv("SAMPLE_SERVICE_MAX_IN_FLIGHT", "9")
    assert (read_settings().version, read_settings().max_in_flight) == ("2", 9)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MAX_IN_FLIGHT", "many", "Input should be a valid integer"),
        ("MAX_IN_FLIGHT", "0", "Input should be greater than 0"),
        ("ANSWER_SECONDS", "-1", "Input should be greater than 0"),
        ("FORMAT", "pickle", "Input should be 'joblib' or 'skops'"),
        ("ADMIN_TOKEN", "short", "should have at least 16 items"),
    ],
)
def test_a_wrong_setting_ends_the_process_with_its_name_and_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"SAMPLE_SERVICE_{name}", value)
    with pytest.raises(SystemExit) as caught:
        create_app()
    message = str(caught.value)
    assert message.startswith(f"SAMPLE_SERVICE_{name}: ")
    assert said in message


def test_settings_cannot_be_changed_and_do_not_show_the_token() -> None:
    settings = Settings.model_validate({"admin_token": "hunter2" * 3})
    with pytest.raises(ValidationError, match="frozen"):
        settings.version = "2"
    assert "hunter2" not in repr(settings)
