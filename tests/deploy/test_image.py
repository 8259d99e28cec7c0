"""The image: what a linter says of the Dockerfile, and what its steps make, carried out."""

import asyncio
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.exits import OK
from tests.conftest import not_run_for
from tests.repo.sources import tracked
from tests.support import referees
from tests.support.deployed import OPERATIONS, ROOT, image_variables, parse, settings_of, strangers
from tests.support.image import Image, only, sent_to_docker, steps, why_no_namespace
from tests.support.server import Server, free_port, wait_until
from tests.support.topics import make_topics

PINS = re.compile(r"^([\w.\-\[\]]+)==([\w.]+)", re.MULTILINE)
SECRET = "a secret of the image's test"
NOT_OURS = {"PATH", "HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


@pytest.mark.referees
def test_a_linter_of_dockerfiles_finds_nothing() -> None:
    assert referees.run("hadolint", str(ROOT / "Dockerfile")) == ""


def test_the_last_stage_compiles_and_installs_nothing_and_is_not_root() -> None:
    last = steps()[-1].stage
    assert [step.words[0] for step in steps() if step.stage == last and step.name == "RUN"] == ["install"]  # coreutils': makes a folder
    assert only("USER").said == "10001:10001"
    names = [step.name for step in steps() if step.stage == last]
    assert names.index("USER") > names.index("RUN")
    assert only("STOPSIGNAL").said == "SIGTERM"


def test_what_it_runs_is_in_exec_form_and_a_command_of_tsuides() -> None:
    assert only("ENTRYPOINT").words == ["tsuide"]
    _, _, probe = only("HEALTHCHECK").said.partition(" CMD ")
    assert probe == '["tsuide", "health"]'
    assert parse(["health"]) == "tsuide health"


def test_its_variables_are_settings_and_its_ports_those_that_they_name() -> None:
    told = {name: value for name, value in image_variables().items() if name not in NOT_OURS}
    settings = settings_of(told, {})
    assert strangers(told) == []
    assert only("EXPOSE").said.split() == [settings.listen.rpartition(":")[2], settings.ops_listen.rpartition(":")[2]]
    assert settings.ops_listen.endswith(f":{OPERATIONS}")


def test_docker_is_sent_the_product_and_of_the_workshop_only_what_compiles_it() -> None:
    sent = sent_to_docker()
    assert {path.split("/")[0] for path in sent} == {
        "pyproject.toml", "requirements.image.lock", "README.md", "LICENSE", "stream", "features", "online_models", "deploy",
    }  # fmt: skip
    beside = [path for path in sent if path.startswith(("deploy/workshop/", "deploy/secrets", "deploy/kafka/"))]
    assert beside == ["deploy/workshop/compile_loops.py"]
    copied = {source for step in steps() if step.name == "COPY" and "--from" not in step.said for source in step.said.split()[:-1]}
    assert [source for source in copied if not any(path == source or path.startswith(f"{source}/") for path in sent)] == []
    assert set(sent) <= set(tracked())


def test_the_images_lock_is_a_part_of_the_workshops_without_its_tools() -> None:
    image, workshop = (dict(PINS.findall((ROOT / name).read_text())) for name in ("requirements.image.lock", "requirements.lock"))
    assert {name: version for name, version in image.items() if workshop.get(name) != version} == {}
    assert {"pytest", "playwright", "mypy", "ruff", "uv"} & set(image) == set()
    assert "--hash=sha256:" in (ROOT / "requirements.image.lock").read_text()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image as its steps make it; about half a minute, in which the registry is asked for every wheel of the lock."""
    not_run_for(why_no_namespace())
    made = Image(tmp_path_factory.mktemp("image"))
    made.build()
    return made


class Container(Server):
    """One process of the image, alive as its own health check tells."""

    def __init__(self, folder: Path, image: Image, arguments: list[str], variables: dict[str, str]) -> None:
        self._probe = image.command("health", **variables)
        super().__init__(folder, image.command(*arguments, keeps=arguments == ["worker"], **variables))

    def tell_to_end(self) -> None:
        """Send SIGTERM and go on."""
        self._signal(signal.SIGTERM)

    def answers(self) -> bool:
        return subprocess.run(self._probe, capture_output=True, timeout=30).returncode == OK


@pytest.fixture
def containers() -> Iterator[list[Container]]:
    """Whatever a test starts is ended with it."""
    running: list[Container] = []
    yield running
    for one in running:
        one.kill9()


@pytest.mark.timeout(900)  # the image is made before
def test_the_image_says_what_it_is_for_as_a_user_without_a_name_on_a_read_only_root(image: Image) -> None:
    done = subprocess.run(image.command("--help"), capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Live accessory and upgrade suggestions" in done.stdout) == (OK, True), done.stderr
    # with its loops compiled
    sources = {Path(path).stem for path in tracked() if path.startswith("online_models/native/") and path.endswith(".pyx")}
    assert {path.name.partition(".")[0] for path in image.compiled()} == sources != set()
    # and what a process of it would write beside itself is refused
    tried = image.command("--help")
    refused = subprocess.run([*tried[:-1], tried[-1].replace(" tsuide --help", " touch /opt/tsuide/x")], capture_output=True, text=True)
    assert "Read-only file system" in refused.stderr


@pytest.mark.timeout(900)
def test_worker_trainer_and_gateway_of_the_image_become_ready_and_end_when_they_are_told_to(
    image: Image, kafka: str, redis_url: str, tmp_path: Path, containers: list[Container]
) -> None:
    # given topics, and what a container is told
    asyncio.run(make_topics(kafka))
    told = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "REDIS_URL": redis_url, "TSUIDE_GROUP": "image", "TSUIDE_PREFIX": "image"}
    told |= {"TSUIDE_PARTITIONS": "4", "TSUIDE_PSEUDONYM_SECRET": SECRET, "TSUIDE_TOKEN_SECRET": SECRET, "TSUIDE_SHOP_KEY": SECRET}
    # when the three kinds are started
    for part in ("worker", "trainer", "gateway"):
        own = told | {"TSUIDE_OPS_LISTEN": f"127.0.0.1:{free_port()}", "TSUIDE_LISTEN": f"127.0.0.1:{free_port()}"}
        container = Container(tmp_path / part, image, [part], own)
        containers.append(container)
        container.start()
        ready = image.command("health", "--ready", **own)
        wait_until(lambda ready=ready: subprocess.run(ready, capture_output=True).returncode == OK, within_s=60, what=f"{part} is ready")
    # then each ends in order when it is told to
    for container in containers:
        container.tell_to_end()
        assert container.ended(within_s=20) == OK, container.log.read_text()
