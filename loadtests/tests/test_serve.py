import json
import urllib.request
from pathlib import Path

import pytest

from loadtests.serve import exhibits, main, service, serving
from safety_tests.errors import UsageError
from safety_tests.requests import load


def post(url: str, entry: object) -> str:
    body = json.dumps(entry).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        text: str = response.read().decode()
    return text


@pytest.mark.parametrize("healthy", [False, True])
def test_a_service_of_the_zoo_is_served_with_its_requests(healthy: bool) -> None:
    options = {"healthy": healthy, "workers": 1, "switch_interval": 1e-5}
    with serving("zoo:state_across_await", **options) as (server, path):  # type: ignore[arg-type]
        small, large = load(path).requests
        answers = [post(server.url + one.path, one.source["json"]) for one in (small, large)]
    assert answers == ['{"score":6.0}', '{"score":60.0}']
    assert not path.exists()


def test_mutants_twins_and_right_services_are_told_apart(tmp_path: Path) -> None:
    found = [
        service(name, tmp_path, healthy).env["LOADTESTS_APP"]
        for name, healthy in [
            ("zoo:features_on_self", False),
            ("zoo:features_on_self", True),
            ("zoo:async_lock", False),
        ]
    ]
    module = "safety_tests.zoo.shared_attributes.features_on_self"
    assert found == [f"{module}:mutant", f"{module}:healthy", f"{exhibits()['async_lock']}:healthy"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["unsafe"], "expected safe, textbook or zoo:NAME; got 'unsafe'"),
        (["zoo:features_on_selv"], "got 'features_on_selv' (features_on_self)"),
        (["safe", "--healthy"], "with zoo:NAME only; got safe"),
    ],
)
def test_what_cannot_be_served_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_to_be() -> None:
    with serving("zoo:async_lock") as (server, _):
        port = int(server.url.rpartition(":")[2])
        taken = pytest.raises(UsageError, match=r"to be free; got a server that listens there")
        with taken, serving("zoo:features_on_self", port=port):
            pass
