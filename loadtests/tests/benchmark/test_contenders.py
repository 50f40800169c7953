"""The contenders as data: complete, distinct, and each with what it needs."""

import re

import pytest

from loadtests.benchmark.contenders import CONTENDERS, PEERS, STYLES, chosen
from loadtests.benchmark.environment import NAMES
from loadtests.benchmark.environment import PEERS as FOLDER
from safety_tests.errors import UsageError
from safety_tests.oracles.paths import compile_path


def test_names_are_distinct_and_labels_can_be_read() -> None:
    assert len({contender.name for contender in CONTENDERS}) == len(CONTENDERS)
    for contender in CONTENDERS:
        assert compile_path(contender.label)


def test_each_peer_has_an_environment_of_its_own() -> None:
    assert tuple(peer.environment for peer in PEERS) == NAMES
    assert {c.environment for c in CONTENDERS if c not in PEERS} == {""}


@pytest.mark.parametrize("name", NAMES)
def test_a_peer_has_a_service_and_exact_pins(name: str) -> None:
    pins = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.\[\]-]+==[\w.]+( ; .+)?", line) for line in pins)
    # These are installed as they are here, where the model is made.
    assert not any(line.startswith(("scikit-learn==", "joblib==")) for line in pins)
    service = FOLDER / f"with_{name.replace('-', '_')}"
    if not service.is_dir():
        source = service.with_suffix(".py").read_text("utf-8")
        assert "BENCHMARK_MODEL" in source
        compile(source, service.name, "exec")


def test_every_style_of_the_sample_service_takes_part() -> None:
    from sample_service import styles

    table = re.findall(r"^\| (\w+) +\|", styles.__doc__ or "", re.MULTILINE)
    assert set(table) - {"name"} <= {style.name for style in STYLES}


def test_a_name_that_nobody_has_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected some of default, .*; got nobody"):
        chosen(["nobody"], "forest")


def test_a_contender_that_does_not_serve_a_model_is_refused() -> None:
    with pytest.raises(UsageError, match="expected a contender with the model linear, got trees"):
        chosen(["trees"], "linear")
    assert chosen(["trees", "default"], "linear")[0].name == "default"
