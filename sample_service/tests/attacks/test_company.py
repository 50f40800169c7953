"""One client that makes the model fail costs the fifteen others nothing, in every style."""

from pathlib import Path
from typing import Any

import pytest

from sample_service.predictor import FeatureError, public_api
from sample_service.settings import Settings
from sample_service.tests.attacks.alone import VERSIONS, write_models
from sample_service.tests.attacks.company import bad_company, process_state, style
from sample_service.tests.test_styles import STYLES


@pytest.mark.parametrize("name", STYLES)
def test_a_client_that_makes_the_model_fail_changes_no_other_answer_and_nothing_of_the_process(
    tmp_path: Path, name: str
) -> None:
    if name == "compiled":
        pytest.importorskip("skl2onnx", reason="needs the extra compiled")
    write_models(tmp_path, trees=5)
    settings = Settings(model_dir=tmp_path, version=VERSIONS[0])
    bad_company(*style(name), settings, rounds=3)
    before = process_state()
    toll = bad_company(*style(name), settings, rounds=60)
    print(name, toll)
    toll.must_be_nothing()
    assert toll.checked == 60 * 15
    assert process_state() == before


def test_a_coalescer_that_fails_a_whole_batch_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(one: Any) -> None:
        one.answer.set_exception(FeatureError("the batch failed"))

    monkeypatch.setattr("sample_service.coalescing._answer_alone", fail)
    write_models(tmp_path)
    settings = Settings(model_dir=tmp_path, version=VERSIONS[0])
    assert len(bad_company(None, public_api, settings, rounds=1).wrong) == 15
