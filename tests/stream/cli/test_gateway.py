import http.client
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stream.exits import AWAY, OK, USAGE
from tests.stream.cli.conftest import Tsuide
from tests.support.gateway import SHOP_KEY, TOKEN_SECRET, GatewayProcess
from tests.support.servers import make_topics
from tests.support.workers import SECRET

NOBODY = "127.0.0.1:1"
SECRETS = {"TSUIDE_PSEUDONYM_SECRET": SECRET, "TSUIDE_TOKEN_SECRET": TOKEN_SECRET, "TSUIDE_SHOP_KEY": SHOP_KEY}
END_S = 10


@pytest.fixture
async def gateway(kafka: str, redis_url: str, tmp_path: Path) -> AsyncIterator[GatewayProcess]:
    await make_topics(kafka)
    gateway = GatewayProcess(tmp_path / "gateway", kafka, redis_url, 0)
    gateway.url = "http://127.0.0.1:"
    with gateway:
        yield gateway


@pytest.mark.parametrize("missing", SECRETS)
def test_without_one_of_its_secrets_the_gateway_names_the_variable(tsuide: Tsuide, missing: str) -> None:
    ended = tsuide("gateway", KAFKA_BOOTSTRAP_SERVERS=NOBODY, **{name: value for name, value in SECRETS.items() if name != missing})
    assert ended.code == USAGE
    assert f"set {missing} or {missing}_FILE" in ended.err


def test_without_a_broker_the_gateway_ends_and_says_so(tsuide: Tsuide) -> None:
    ended = tsuide("gateway", KAFKA_BOOTSTRAP_SERVERS=NOBODY, **SECRETS)
    assert ended.code == AWAY
    assert f"Kafka at {NOBODY} does not answer" in ended.err


async def test_a_gateway_at_port_0_prints_where_it_serves_and_ends_in_order(gateway: GatewayProcess) -> None:
    # given one that has printed its address, when somebody asks there, then it is healthy
    address = gateway.log.read_text().split("http://")[1].split()[0]
    asking = http.client.HTTPConnection(address, timeout=END_S)
    asking.request("GET", "/health")
    assert json.load(asking.getresponse()) == {"status": "ok"}
    # and when it is told to stop, it does, although the connection is open
    gateway._signal(signal.SIGTERM)
    assert gateway.ended(END_S) == OK
    asking.close()


def test_an_address_that_is_taken_is_a_wrong_setting(gateway: GatewayProcess, tsuide: Tsuide, kafka: str) -> None:
    taken = gateway.log.read_text().split("http://")[1].split()[0]
    ended = tsuide("gateway", KAFKA_BOOTSTRAP_SERVERS=kafka, TSUIDE_LISTEN=taken, **SECRETS)
    assert ended.code == USAGE
    assert f"TSUIDE_LISTEN is {taken}, where nobody can listen" in ended.err
