"""What is wrong with a connection is said in one line, with what to do about it."""

import asyncio
import gc
import json
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from features.errors import StoreAway
from features.store.redis import open_store
from stream.connection.kafka import arguments
from stream.doctor.store import look_at_redis
from stream.errors import BrokerAway, RightsMissing, SettingsError
from stream.exits import AWAY, FAILED
from stream.settings import Settings
from stream.transport import topics
from stream.transport.topics import admin_of
from tests.support.certificates import Authority
from tests.support.secure_kafka import PASSWORD, SecureKafka
from tests.support.secure_redis import SecureRedis
from tests.support.server import free_port

NO_USER = {"KAFKA_SASL_USERNAME": "", "KAFKA_SASL_PASSWORD": ""}
NO_AUTHORITY = {"KAFKA_SSL_CA_FILE": ""}


async def refusal_of_kafka(settings: Settings) -> str:
    with pytest.raises(BrokerAway) as refused:
        async with admin_of(settings.kafka):
            pytest.fail("the broker let us in")
    return str(refused.value)


async def refusal_of_redis(settings: Settings) -> str:
    store = open_store(settings.redis, settings.prefix)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # redis-py lets a connection that was refused go without closing it
        with pytest.raises(StoreAway) as refused:
            await store.read({0: ["anybody"]})
        said = str(refused.value)
        await store.aclose()
        del refused, store
        gc.collect()
    return said


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        ({"KAFKA_SASL_PASSWORD": "not it"}, "wrong user or password: check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"),
        ({"KAFKA_SASL_USERNAME": "nobody"}, "wrong user or password"),
        ({"KAFKA_SASL_MECHANISM": "PLAIN"}, "does not offer PLAIN: set KAFKA_SASL_MECHANISM"),
        (NO_AUTHORITY, "let KAFKA_SSL_CA_FILE name the file of who did"),
        ({"KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"} | NO_USER | NO_AUTHORITY, "set KAFKA_SECURITY_PROTOCOL to what that port speaks"),
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"} | NO_AUTHORITY, "set KAFKA_SECURITY_PROTOCOL to what that port speaks"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL"} | NO_USER, "set KAFKA_SECURITY_PROTOCOL to what that port speaks"),
    ],
)
async def test_kafka_refuses_and_the_error_says_which_setting_to_look_at(
    secure_kafka: SecureKafka, wrong: dict[str, str], cure: str
) -> None:
    said = await refusal_of_kafka(Settings.of(secure_kafka.settings("tsuide-worker", **wrong)))
    assert cure in said
    assert PASSWORD not in said


async def test_a_broker_under_another_name_than_its_certificates_is_not_trusted(secure_kafka: SecureKafka) -> None:
    # given a certificate for localhost; when the same broker is asked by its number
    by_number = Settings.of(secure_kafka.settings("tsuide-worker", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{secure_kafka.port}"))
    # then it could be anybody
    assert "its certificate is for another name: in KAFKA_BOOTSTRAP_SERVERS write" in await refusal_of_kafka(by_number)


async def test_of_several_servers_the_one_that_refuses_is_told_before_those_that_are_away(secure_kafka: SecureKafka) -> None:
    servers = f"localhost:{free_port()},{secure_kafka.address}"
    settings = Settings.of(secure_kafka.settings("tsuide-worker", KAFKA_BOOTSTRAP_SERVERS=servers, KAFKA_SASL_PASSWORD="not it"))
    assert "wrong user or password" in await refusal_of_kafka(settings)


async def test_a_port_that_speaks_no_tls_is_told(kafka: str, authority: Authority) -> None:
    plain = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CA_FILE": str(authority.certificate)}
    assert "KAFKA" in await refusal_of_kafka(Settings.of(plain))


async def test_a_certificate_of_ours_opens_the_port_that_wants_one(secure_kafka: SecureKafka, authority: Authority) -> None:
    # given the port that wants a certificate, and none shown
    bare = secure_kafka.settings("", KAFKA_BOOTSTRAP_SERVERS=secure_kafka.certified_address, KAFKA_SECURITY_PROTOCOL="SSL") | NO_USER
    assert "set KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE" in await refusal_of_kafka(Settings.of(bare))
    # when one is shown
    own = authority.sign("worker")
    shown = Settings.of(bare | {"KAFKA_SSL_CERT_FILE": str(own.certificate), "KAFKA_SSL_KEY_FILE": str(own.key)})
    # then the broker answers
    async with admin_of(shown.kafka) as admin:
        assert len((await admin.describe_cluster())["brokers"]) == 1


async def test_a_user_without_the_right_is_told_which_list_to_look_at(secure_kafka: SecureKafka) -> None:
    worker = Settings.of(secure_kafka.settings("tsuide-worker")).kafka
    with pytest.raises(RightsMissing, match=r"give User:tsuide-worker the rights that deploy/kafka/acls.sh lists"):
        await topics.create(worker, 2)


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        ({"REDIS_PASSWORD": "not it", "REDIS_PASSWORD_FILE": ""}, "check user and password: REDIS_USERNAME and REDIS_PASSWORD"),
        ({"REDIS_USERNAME": "", "REDIS_PASSWORD_FILE": ""}, "check user and password"),
        ({"REDIS_SSL_CA_FILE": ""}, "let REDIS_SSL_CA_FILE name the file of who did"),
        ({"TSUIDE_PREFIX": "other"}, "the commands and the keys that deploy/redis/users.acl lists, for the prefix in TSUIDE_PREFIX"),
    ],
)
async def test_redis_refuses_and_the_error_says_what_to_look_at(secure_redis: SecureRedis, wrong: dict[str, str], cure: str) -> None:
    assert cure in await refusal_of_redis(Settings.of(secure_redis.settings(**wrong)))


async def test_redis_under_another_name_or_without_tls_is_told(secure_redis: SecureRedis) -> None:
    by_number = secure_redis.settings(REDIS_URL=f"rediss://127.0.0.1:{secure_redis.port}/0")
    plain = secure_redis.settings(REDIS_URL=f"redis://localhost:{secure_redis.port}/0", REDIS_SSL_CA_FILE="")
    assert "in REDIS_URL write the one that it is for" in await refusal_of_redis(Settings.of(by_number))
    assert "a port with TLS wants rediss://" in await refusal_of_redis(Settings.of(plain))


async def test_a_redis_that_wants_certificates_takes_ours(tmp_path: Path, authority: Authority) -> None:
    own = authority.sign("client")
    with SecureRedis(tmp_path / "redis", authority, wants_certificates=True) as server:
        shown = server.settings(REDIS_SSL_CERT_FILE=str(own.certificate), REDIS_SSL_KEY_FILE=str(own.key))
        found = await look_at_redis(Settings.of(shown), lambda: time.time_ns() // 1_000_000)
        assert {one.state for one in found} == {"ok"}
        assert "set REDIS_SSL_CERT_FILE and REDIS_SSL_KEY_FILE" in await refusal_of_redis(Settings.of(server.settings()))


async def test_a_certificate_and_a_key_that_do_not_belong_together_are_a_wrong_setting(authority: Authority, stranger: Authority) -> None:
    files = {"KAFKA_SSL_CERT_FILE": str(authority.sign("one").certificate), "KAFKA_SSL_KEY_FILE": str(stranger.sign("two").key)}
    settings = Settings.of({"KAFKA_SECURITY_PROTOCOL": "SSL"} | files)
    with pytest.raises(SettingsError, match="give PEM files, and the certificate's own key"):
        await asyncio.to_thread(arguments, settings.kafka)


@pytest.mark.parametrize(
    ("user", "password", "code", "says"),
    [
        ("tsuide-trainer", "not it", AWAY, "wrong user or password"),
        ("tsuide-operations", PASSWORD, FAILED, "give User:tsuide-operations the rights"),
    ],
)
def test_a_trainer_that_is_not_let_in_ends_with_one_line_that_says_why(
    secure_kafka: SecureKafka, user: str, password: str, code: int, says: str
) -> None:
    variables = secure_kafka.settings(user, KAFKA_SASL_PASSWORD=password)
    command = [sys.executable, "-m", "stream.cli", "trainer"]
    ended = subprocess.run(command, env={"PATH": "/usr/bin"} | variables, capture_output=True, text=True, timeout=120)
    assert ended.returncode == code
    [last] = [line for line in map(json.loads, ended.stderr.splitlines()) if line["event"] == "process ends"]
    assert last["exit_code"] == code
    assert says in last["error"]
