"""Mixed load for a while, with the memory of the server watched."""

from pathlib import Path

import pytest

from sample_service.tests.attacks.soak import soak
from sample_service.tests.attacks.target import target

MOST_MB = 8


@pytest.mark.parametrize(
    "seconds", [15, pytest.param(300, marks=pytest.mark.slow)], ids="{} seconds".format
)
def test_mixed_load_with_reloads_leaves_right_answers_and_a_steady_memory(
    tmp_path: Path, seconds: int
) -> None:
    with target(tmp_path) as (server, alone):
        toll = soak(server, alone, seconds)
    print(toll)
    toll.must_be_nothing(MOST_MB)
    assert toll.inputs > 0
