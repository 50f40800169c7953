"""What cannot be run here is held to schemas, to the app and to each other."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sample_service import deploy
from sample_service.app import create_app
from sample_service.settings import PREFIX, Settings

yaml = pytest.importorskip("yaml", reason="pip install -e '.[manifests]'")
kubernetes_validate = pytest.importorskip(
    "kubernetes_validate", reason="pip install -e '.[manifests]'"
)

HERE = Path(deploy.__file__).parent
ROOT = HERE.parents[1]
OLDEST = "1.31"
"""Of the Kubernetes versions that the manifests are written for."""
GIVEN = [OLDEST, kubernetes_validate.latest_version()]


def read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text("utf-8"))


def manifests() -> dict[str, Any]:
    found = [yaml.safe_load(path.read_text("utf-8")) for path in (HERE / "kubernetes").glob("*")]
    return {one["kind"]: one for one in found}


def pod() -> Any:
    return manifests()["Deployment"]["spec"]["template"]


def container() -> Any:
    [only] = pod()["spec"]["containers"]
    return only


def environment() -> dict[str, str]:
    return {one["name"]: one["value"] for one in container()["env"]}


def docker() -> Iterator[tuple[str, str]]:
    """The instructions of the Dockerfile and what follows each."""
    text = re.sub(r"\\\n\s*", "", (HERE / "Dockerfile").read_text("utf-8"))
    for line in text.splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest


@pytest.mark.parametrize("version", GIVEN)
@pytest.mark.parametrize("kind", manifests())
def test_manifests_are_valid(kind: str, version: str) -> None:
    held_to = kubernetes_validate.validate(manifests()[kind], version, strict=True)
    assert version.startswith(held_to)


def test_a_misspelt_key_would_be_found() -> None:
    spoiled = manifests()["Deployment"]
    spoiled["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="livenesProbe"):
        kubernetes_validate.validate(spoiled, OLDEST, strict=True)


def test_all_manifests_speak_of_the_same_pods() -> None:
    found = manifests()
    labels = pod()["metadata"]["labels"]
    assert found["Service"]["spec"]["selector"] == labels
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert found[kind]["spec"]["selector"]["matchLabels"] == labels
    scaled = found["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert scaled["name"] == found["Deployment"]["metadata"]["name"]
    [port] = container()["ports"]
    assert found["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]


def test_probes_ask_for_what_the_app_answers() -> None:
    paths = create_app().openapi()["paths"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container()[probe]["httpGet"]
        assert "get" in paths[asked["path"]]
        assert asked["port"] == container()["ports"][0]["name"]


def test_settings_have_the_names_and_values_that_the_service_reads() -> None:
    values = {name.removeprefix(PREFIX).lower(): value for name, value in environment().items()}
    assert values.keys() <= Settings.model_fields.keys()
    Settings.model_validate(values)


def test_there_is_time_to_drain_and_to_answer_before_the_pod_is_killed() -> None:
    drain, answer = (
        float(environment()[f"{PREFIX}{name}_SECONDS"]) for name in ("DRAIN", "ANSWER")
    )
    waits = container()["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert waits + drain + answer < pod()["spec"]["terminationGracePeriodSeconds"]
    probe = container()["readinessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] <= drain


def test_compose_is_valid_and_would_not_be_with_a_misspelt_key(tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema", reason="pip install -e '.[manifests]'")

    def valid(path: Path) -> bool:
        words = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
        done = subprocess.run([sys.executable, "-m", *words], capture_output=True)
        return not done.returncode

    assert valid(HERE / "compose.yaml")
    spoiled = tmp_path / "compose.yaml"
    text = (HERE / "compose.yaml").read_text("utf-8")
    spoiled.write_text(text.replace("depends_on", "depend_on"))
    assert not valid(spoiled)


def test_compose_hands_nginx_its_template_and_its_replicas() -> None:
    compose = read("compose.yaml")
    nginx = compose["services"].pop("nginx")
    template = (HERE / "nginx.conf.template").read_text("utf-8")
    names = set(re.findall(r"\$\{(\w+)\}", template))
    assert names == nginx["environment"].keys() - {"NGINX_ENVSUBST_OUTPUT_DIR"}
    [port] = [rest for word, rest in docker() if word == "EXPOSE"]
    behind = {value for name, value in nginx["environment"].items() if name.startswith("REPLICA")}
    assert behind == {f"{name}:{port}" for name in compose["services"]}
    assert nginx["depends_on"].keys() == compose["services"].keys()
    for replica in compose["services"].values():
        assert (HERE / replica["build"]["context"]).resolve() == ROOT
        assert (ROOT / replica["build"]["dockerfile"]).samefile(HERE / "Dockerfile")
        drain = float(replica["environment"][f"{PREFIX}DRAIN_SECONDS"])
        grace = float(replica["stop_grace_period"].removesuffix("s"))
        assert drain + Settings.model_fields["answer_seconds"].default < grace
    for volume in nginx["volumes"]:
        assert (HERE / volume.partition(":")[0]).is_file()


def test_what_the_image_copies_exists_and_its_command_is_the_service() -> None:
    copied = [rest.split()[:-1] for word, rest in docker() if word == "COPY"]
    for source in [name for names in copied if not names[0].startswith("--") for name in names]:
        assert (ROOT / source).exists(), source
    *_, command = [json.loads(rest) for word, rest in docker() if word == "CMD"]
    assert command[:2] == ["uvicorn", "sample_service.app:app"]
    [user] = [rest for word, rest in docker() if word == "USER"]
    security = pod()["spec"]["securityContext"]
    assert user == f"{security['runAsUser']}:{security['runAsGroup']}"
    assert container()["ports"][0]["containerPort"] == int(command[command.index("--port") + 1])


def test_nginx_refuses_the_bodies_that_the_service_would_refuse() -> None:
    template = (HERE / "nginx.conf.template").read_text("utf-8")
    [limit] = re.findall(r"client_max_body_size (\d+)k;", template)
    assert int(limit) * 1024 == Settings.model_fields["max_body_bytes"].default
