"""deploy/README.md: its commands are run here or elsewhere in this folder, or stand in NOT_RUN with the reason."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stream.settings import Settings
from tests.deploy.conftest import PARTS
from tests.support.certificates import Authority
from tests.support.deployed import ROOT, compose, parse
from tests.support.page import PAGE, block, commands
from tests.support.secure_kafka import PASSWORD as KAFKA_PASSWORD
from tests.support.secure_kafka import SecureKafka
from tests.support.secure_redis import ADMIN_PASSWORD, PASSWORD, SecureRedis
from tests.support.server import free_port, wait_until

RUN_BY = {  # heading -> the test that runs its block
    "Secrets of one machine": "test_the_secrets_of_one_machine_are_made_where_compose_looks_for_them",
    "Secrets of the example": "test_kubernetes.py, whose manifests are built with them",
    "TLS, users and rights": "test_the_settings_of_the_page_reach_both_servers",
    "Users of Kafka": "test_a_user_made_as_the_page_says_can_sign_in",
    "User of Redis": "test_redis_starts_as_the_page_says",
    "Upgrades": "test_least_rights.py, as the user tsuide-topics",
    "Backup": "test_a_copy_of_redis_is_made_as_the_page_says",
}
NOT_RUN = {  # beginning of a command -> why
    "docker compose ": "no Docker engine runs where the tests do; its service and tsuide's arguments are held below",
    "kustomize build ": "kubectl needs a cluster; what kustomize builds is held by test_kubernetes.py",
    "kubectl ": "needs a cluster; its names and tsuide's arguments are held below",
}


def test_every_command_of_the_page_is_run_or_has_a_reason() -> None:
    left = [command for heading, command in commands() if heading not in RUN_BY and not command.startswith(tuple(NOT_RUN))]
    assert left == []
    assert {heading for heading, _ in commands()} >= set(RUN_BY)
    here = Path(__file__).read_text()
    assert [name for name in RUN_BY.values() if name.startswith("test_the") and f"def {name}(" not in here] == []


def test_compose_and_kubectl_are_told_services_objects_and_arguments_that_there_are() -> None:
    services = compose()["services"]
    for _, command in commands():
        words = shlex.split(command)
        if words[:2] == ["docker", "compose"]:
            assert (ROOT / words[3]).exists()
            named = [word for word in words[4:] if word in services]
            assert words[4] == "up" or len(named) == 1, command
            if "tsuide" in words:
                parse(words[words.index("tsuide") + 1 :])
            elif words[4] == "run":
                parse([*words[words.index(named[0]) + 1 : -1], __file__])  # the file is the one that is mounted
        if words[0] == "kubectl" and "--" in words:
            parse(words[words.index("--") + 2 :])


def test_the_secrets_of_one_machine_are_made_where_compose_looks_for_them(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    subprocess.run(["sh", "-euc", block("Secrets of one machine")], cwd=tmp_path, check=True, timeout=30)
    made = tmp_path / "deploy/secrets"
    assert {file.name for file in made.iterdir()} == set(compose()["secrets"])
    assert made.stat().st_mode & 0o777 == 0o700
    assert {(file.stat().st_mode & 0o777, len(file.read_text().strip())) for file in made.iterdir()} == {(0o444, 64)}


def shell(text: str, folder: Path, **environ: str) -> str:
    """Run a block of the page in a folder that stands for the checkout and return what it says."""
    done = subprocess.run(["sh", "-euc", text], cwd=folder, capture_output=True, text=True, timeout=180, env=os.environ | environ)
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path, authority: Authority) -> Path:
    """A folder with deploy/ and the authority's certificate in it, and a `tsuide` for the PATH in bin/."""
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    (tmp_path / "ca.crt").symlink_to(authority.certificate)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tsuide").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m stream.cli "$@"\n')
    (tmp_path / "bin/tsuide").chmod(0o755)
    return tmp_path


def test_the_settings_of_the_page_reach_both_servers(checkout: Path, secure_kafka: SecureKafka, secure_redis: SecureRedis) -> None:
    (checkout / "password").write_text(KAFKA_PASSWORD)
    (checkout / "redis_password").write_text(PASSWORD)
    told = (
        block("TLS, users and rights").replace("kafka:9093", secure_kafka.address).replace("redis:6379", f"localhost:{secure_redis.port}")
    )
    said = shell(f"{told.replace('tsuide doctor', 'tsuide doctor || true')}", checkout, PATH=f"{checkout}/bin:{os.environ['PATH']}")
    assert "ok   kafka security: SASL_SSL, user tsuide-operations by SCRAM-SHA-512, trusts ca.crt" in said
    assert "ok   redis security: TLS, user tsuide, trusts ca.crt" in said


def test_a_user_made_as_the_page_says_can_sign_in(checkout: Path, secure_kafka: SecureKafka) -> None:
    # given a new password for a user, the page's two commands with the names of this broker
    (checkout / "password").write_text("made as the page says")
    text = block("Users of Kafka").replace("kafka:9093", secure_kafka.address).replace("admin.properties", str(secure_kafka.admin))
    made = text.replace("tsuide-worker", "tsuide-page").replace("deploy/kafka/acls.sh", "true")  # the rights were given the same way before
    # when they are run
    secure_kafka.run("sh", "-euc", f"cd {checkout}\n{made}")
    # then the broker knows the user
    ours = secure_kafka.settings("tsuide-page", KAFKA_SASL_PASSWORD="made as the page says")
    said = subprocess.run(
        [sys.executable, "-m", "stream.cli", "doctor"],
        env={"PATH": "/usr/bin"} | ours,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    assert "ok   kafka security: SASL_SSL, user tsuide-page" in said
    assert Settings.of(ours).kafka.username == "tsuide-page"


def test_redis_starts_as_the_page_says(checkout: Path, authority: Authority) -> None:
    own, port = authority.sign("redis-of-the-page"), free_port()
    (checkout / "redis.crt").symlink_to(own.certificate)
    (checkout / "redis.key").symlink_to(own.key)
    (checkout / "redis_password").write_text(PASSWORD)
    text = block("User of Redis").replace("6379", str(port)).replace("\\\n", "").strip()
    environ = os.environ | {"TMPDIR": str(checkout)}
    running = subprocess.Popen(["sh", "-euc", f"{text} --bind 127.0.0.1"], cwd=checkout, env=environ, start_new_session=True)
    asked = ["redis-cli", "-h", "localhost", "-p", str(port), "--tls", "--cacert", "ca.crt", "--user", "tsuide", "--pass", PASSWORD]

    def pong() -> bool:
        return "PONG" in subprocess.run([*asked, "ping"], cwd=checkout, capture_output=True, text=True, timeout=10).stdout

    try:
        wait_until(pong, within_s=20, what="Redis lets the user in")
    finally:
        os.killpg(running.pid, signal.SIGKILL)  # the shell and what it has started
        running.wait()


def test_a_copy_of_redis_is_made_as_the_page_says(checkout: Path, secure_redis: SecureRedis) -> None:
    text = block("Backup").replace("-h redis", f"-h localhost -p {secure_redis.port}").replace("--askpass", f"--pass {ADMIN_PASSWORD}")
    shell(text, checkout)
    assert (checkout / "tsuide.rdb").read_bytes().startswith(b"REDIS")


def test_the_table_of_users_is_that_of_the_script() -> None:
    page, script = PAGE.read_text(), (ROOT / "deploy/kafka/acls.sh").read_text()
    named = set(re.findall(r"^\| (tsuide-\w+) \|", page, re.MULTILINE))
    assert named == set(re.findall(r"^allow (tsuide-\w+)", script, re.MULTILINE)) == {f"tsuide-{part}" for part in PARTS}
