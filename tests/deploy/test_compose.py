"""compose.yaml: what the published schema says, and what tsuide says of its own variables, commands and ports."""

import asyncio
import base64
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from confluent_kafka.admin import AdminClient, ConfigResource

from stream.contracts.topics import TOPICS
from stream.transport.topics import create
from tests.support.deployed import COMPOSE, OPERATIONS, ROOT, SECRET, compose, ours, parse, settings_of, strangers
from tests.support.kafka_broker import KafkaBroker
from tests.support.referees import faults_of_compose
from tests.support.server import free_port

FILE = compose()
SERVICES: dict[str, Any] = FILE["services"]
MINE = ours(SERVICES)


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, Path]:
    """Every secret of the file, as it is mounted: path inside -> path here."""
    files = {f"/run/secrets/{name}": tmp_path / name for name in FILE["secrets"]}
    for file in files.values():
        file.write_text(SECRET)
    return files


@pytest.mark.referees
def test_the_file_is_what_the_compose_specification_takes() -> None:
    assert faults_of_compose(FILE) == []
    # and a misspelt key would have been found
    assert faults_of_compose({"services": {"worker": {"image": "tsuide", "read_onyl": True}}}) != []


@pytest.mark.parametrize("name", MINE)
def test_every_variable_is_a_setting_that_tsuide_accepts_with_the_secrets_that_are_mounted(name: str, secrets: dict[str, Path]) -> None:
    service = MINE[name]
    mounted = {f"/run/secrets/{secret}": secrets[f"/run/secrets/{secret}"] for secret in service["secrets"]}
    told = service["environment"] | ({"TSUIDE_ORIGINS": "http://127.0.0.1:8000"} if name == "gateway" else {})
    settings = settings_of(told, mounted)
    assert strangers(told) == []
    assert settings.secret() == SECRET.encode()
    assert settings.redis.options == {"username": "tsuide", "password": SECRET}


@pytest.mark.parametrize("name", MINE)
def test_every_command_line_is_one_of_tsuides(name: str) -> None:
    command = parse(MINE[name]["command"])
    assert command.split()[1] == name.partition("-")[0]
    check = MINE[name]["healthcheck"]
    assert check.get("disable") or parse(check["test"][2:]) == "tsuide health"


def test_two_workers_share_a_name_and_keep_apart_what_they_write() -> None:
    workers = [one for name, one in MINE.items() if name.startswith("worker")]
    assert [one["networks"]["default"]["aliases"] for one in workers] == [["worker"], ["worker"]]
    kept = [one["volumes"] for one in workers]
    assert [len(volumes) for volumes in kept] == [1, 1]
    assert {volume.partition(":")[2] for volumes in kept for volume in volumes} == {"/var/lib/tsuide"}
    assert len({volume.partition(":")[0] for volumes in kept for volume in volumes} & set(FILE["volumes"])) == 2


def test_whoever_needs_the_topics_waits_until_they_are_made() -> None:
    waiting = {name: one["depends_on"].get("topics") for name, one in MINE.items() if name != "topics"}
    assert set(map(str, waiting.values())) == {"{'condition': 'service_completed_successfully'}"}
    assert MINE["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined_watched_and_limited(name: str) -> None:
    service = SERVICES[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert service["healthcheck"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    if name != "kafka":  # whose start script writes its configuration beside itself
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", MINE)
def test_a_container_is_given_longer_to_end_than_tsuide_takes(name: str, secrets: dict[str, Path]) -> None:
    grace_s = float(MINE[name]["stop_grace_period"].removesuffix("s"))
    told = {key: value for key, value in MINE[name]["environment"].items() if key != "TSUIDE_ORIGINS"}
    assert grace_s > settings_of(told, secrets).shutdown_s


def test_ports_and_files_are_those_that_the_other_side_expects() -> None:
    assert SERVICES["gateway"]["environment"]["TSUIDE_LISTEN"].endswith(":8080")
    assert SERVICES["gateway"]["ports"] == ["127.0.0.1:8080:8080"]
    assert {one["environment"]["TSUIDE_OPS_LISTEN"] for one in MINE.values()} == {f"0.0.0.0:{OPERATIONS}"}
    mounted = {volume.split(":")[0] for one in SERVICES.values() for volume in one.get("volumes", []) if volume.startswith("./")}
    sources = {source.removeprefix("./") for source in mounted}
    assert [source for source in sources if not (COMPOSE.parent / source).exists()] == []


def test_secrets_are_files_that_git_and_the_image_leave_alone() -> None:
    assert {one["file"] for one in FILE["secrets"].values()} == {f"./secrets/{name}" for name in FILE["secrets"]}
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert "deploy/secrets" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "password" not in yaml.safe_dump([one.get("command") for one in SERVICES.values()])


IMAGES_OWN = {"KAFKA_HEAP_OPTS", "CLUSTER_ID"}  # read by the image's scripts, not by Kafka


class ComposeKafka(KafkaBroker):
    """A real broker with the properties that the image makes of the file's variables, at ports and in a folder of this machine."""

    def __init__(self, folder: Path, variables: dict[str, Any]) -> None:
        super().__init__(folder)
        ports = {"9092": str(self.port), "9093": str(free_port()), "29092": str(free_port())}
        self.told = {
            name.removeprefix("KAFKA_").lower().replace("_", "."): str(value) for name, value in variables.items() if name not in IMAGES_OWN
        }
        self.told["log.dirs"] = f"{folder}/data"
        for name in ("listeners", "advertised.listeners", "controller.quorum.voters"):
            self.told[name] = re.sub(r":(\d+)\b", lambda port: f":{ports[port[1]]}", self.told[name].replace("kafka:", "127.0.0.1:"))
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in self.told.items()))


@pytest.mark.kafka
def test_a_real_broker_takes_the_variables_of_kafka_as_its_properties(tmp_path: Path) -> None:
    variables = SERVICES["kafka"]["environment"]
    assert len(base64.urlsafe_b64decode(variables["CLUSTER_ID"] + "==")) == 16
    with ComposeKafka(tmp_path / "kafka", variables) as broker:
        # then every property is one that the broker knows, with the value of the file
        client = AdminClient({"bootstrap.servers": broker.bootstrap})
        [answer] = client.describe_configs([ConfigResource(ConfigResource.Type.BROKER, "1")]).values()
        known = {name: entry.value for name, entry in answer.result(timeout=20).items()}
        assert {name: known.get(name) for name in broker.told} == broker.told
        # and the topics can be made there
        made = asyncio.run(create(broker.bootstrap, int(MINE["topics"]["environment"]["TSUIDE_PARTITIONS"]), replicas=1))
        assert len(made) == len(TOPICS)
