"""The gate tells a shared object from one of the request's own in services of every shape."""

import pytest

from safety_tests.tests.conftest import Gate, some
from safety_tests.tests.gate.shapes import SHAPES, requests, source


@pytest.mark.parametrize("shape", some(SHAPES))
def test_an_object_of_the_requests_own_passes_in(shape: str, gate: Gate) -> None:
    gate.passes(source(shape, racy=False), requests(shape))


@pytest.mark.parametrize("shape", some(SHAPES))
def test_an_object_shared_by_all_requests_is_found_in(shape: str, gate: Gate) -> None:
    found = gate.finds("S001", source(shape, racy=True), requests(shape))
    assert found.expected != found.got
    assert {line.file for line in found.interleaving} == {"app.py"}
    assert {line.task for line in found.interleaving} <= {
        *found.requests,
        *numbered(found.requests),
    }


def numbered(names: tuple[str, ...]) -> list[str]:
    return [f"{name} ({count})" for name in names for count in (1, 2)]
