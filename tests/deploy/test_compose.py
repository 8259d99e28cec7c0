"""compose.yaml: what the published schema says, and what tsuide says of its own variables, commands and ports."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.deployed import COMPOSE, OPERATIONS, ROOT, SECRET, compose, ours, parse, settings_of, strangers
from tests.support.referees import faults_of_compose

FILE = compose()
SERVICES: dict[str, Any] = FILE["services"]
MINE = ours(SERVICES)
MONITORING = {"prometheus/prometheus.yml", "prometheus/rules.yml", "grafana/provisioning", "grafana/tsuide.json"}


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
    assert sources >= MONITORING
    assert [source for source in sources - MONITORING if not (COMPOSE.parent / source).exists()] == []


def test_secrets_are_files_that_git_and_the_image_leave_alone() -> None:
    assert {one["file"] for one in FILE["secrets"].values()} == {f"./secrets/{name}" for name in FILE["secrets"]}
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert "deploy/secrets" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "password" not in yaml.safe_dump([one.get("command") for one in SERVICES.values()])
