import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaProducer

from features.store.port import Commit, Fence
from features.store.redis import open_store
from stream.contracts.topics import CLICKSTREAM
from stream.exits import AWAY, FAILED, INTERRUPTED, OK, USAGE
from tests.stream.cli.conftest import Tsuide, two_lines_then_ctrl_c
from tests.support.servers import KafkaBroker, free_port, make_topics
from tests.support.shop import now_ms
from tests.support.terminal import OnTerminal

HOUR_MS = 3_600_000
PARTITIONS = 2
COMMAND = [sys.executable, "-m", "stream.cli", "lag", "--every", "0.2"]


@pytest.fixture
def an_hour_behind(kafka: str, redis_url: str) -> dict[str, str]:
    """The settings of a shop in which one record has waited for an hour since the last worker ended."""
    prefix = "lag-of-an-hour"

    async def prepare() -> None:
        await make_topics(kafka, partitions=PARTITIONS)
        async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
            await producer.send_and_wait(CLICKSTREAM, b"{}", partition=1, timestamp_ms=now_ms() - HOUR_MS)
        store = open_store(redis_url, prefix=prefix)
        await store.commit([Commit(1, Fence(), Fence({CLICKSTREAM: 0}), {}, b"")])
        await store.aclose()

    asyncio.run(prepare())
    return {"KAFKA_BOOTSTRAP_SERVERS": kafka, "REDIS_URL": redis_url, "TSUIDE_PREFIX": prefix, "TSUIDE_GROUP": prefix}


def test_one_look_is_a_table_with_the_worst_first_and_what_to_do(tsuide: Tsuide, an_hour_behind: dict[str, str]) -> None:
    ended = tsuide("lag", "--every", "0.2", **an_hour_behind)
    assert ended.code == OK
    total, advice, head, worst, *others = ended.out.splitlines()
    assert total.endswith("records that wait: 1, the oldest for 1.0 h")
    assert advice.startswith("STOPPED: records wait and nobody reads: start a worker")
    assert head.split()[:4] == ["state", "topic", "p", "group"]
    assert worst.split()[:4] == ["STOPPED", CLICKSTREAM, "1", "lag-of-an-hour"]
    assert "1.0 h" in worst
    # three inputs of two partitions and one of training, without the worst
    assert [line.split()[0] for line in others] == (3 * PARTITIONS + 1 - 1) * ["NO_COMMIT"]


def test_a_probe_ends_with_1_over_its_limit_and_names_the_worst(tsuide: Tsuide, an_hour_behind: dict[str, str]) -> None:
    late = tsuide("lag", "--every", "0.2", "--json", "--fail-over-seconds", "60", **an_hour_behind)
    assert late.code == FAILED
    assert (
        f"1 of {3 * PARTITIONS + 1} partitions are over 1.0 min, the worst is {CLICKSTREAM} 1 of group lag-of-an-hour: STOPPED" in late.err
    )
    assert (late.json["lag"], late.json["states"], late.json["lost"], len(late.out.splitlines())) == (1, ["STOPPED"], 0, 1)
    assert late.json["partitions"][0]["lag_s"] == late.json["lag_s"] >= 3_600
    assert tsuide("lag", "--every", "0.2", "--fail-over-seconds", "7200", **an_hour_behind)[::2] == (OK, "")


def test_watching_prints_a_line_a_look_until_ctrl_c_which_ends_it_well(an_hour_behind: dict[str, str]) -> None:
    (first, second), code, err = two_lines_then_ctrl_c([*COMMAND, "--watch", "--json"], **an_hour_behind)
    assert first["at_ms"] + 200 <= second["at_ms"]
    assert (code, err) == (OK, b"")


def test_on_a_terminal_the_table_is_drawn_in_its_place(an_hour_behind: dict[str, str]) -> None:
    terminal = OnTerminal([*COMMAND, "--watch"], columns=200, lines=40, **an_hour_behind)
    # when it has drawn twice, it went up to where the table begins
    terminal.wait_for(b"STOPPED: ", times=2)
    assert b"\x1b[1A" in terminal.seen
    assert terminal.interrupt() == OK
    assert b"Traceback" not in terminal.seen


def test_ctrl_c_before_anything_was_shown_ends_with_130() -> None:
    # given a broker that takes the connection and says nothing
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen(
            COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"KAFKA_BOOTSTRAP_SERVERS": address}
        )
        connection, _ = silent.accept()
        assert connection.recv(1)  # it has asked something, and waits
        # when it is interrupted
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        connection.close()
    # then
    assert (process.returncode, out, err) == (INTERRUPTED, b"", b"")


def test_what_is_away_or_missing_is_said_with_its_cure(
    tsuide: Tsuide, kafka_broker: Callable[[], KafkaBroker], an_hour_behind: dict[str, str]
) -> None:
    redis_away = tsuide("lag", "--every", "0.2", **an_hour_behind | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"})
    assert (redis_away.code, "REDIS_URL" in redis_away.err) == (AWAY, True)
    no_topics = tsuide("lag", **an_hour_behind | {"KAFKA_BOOTSTRAP_SERVERS": kafka_broker().bootstrap})
    assert (no_topics.code, "tsuide topics create" in no_topics.err) == (FAILED, True)


def test_a_kafka_that_is_away_ends_a_look_with_4_and_a_wrong_limit_with_2(tsuide: Tsuide) -> None:
    away = tsuide("lag", "--watch", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}")
    assert (away.code, "KAFKA_BOOTSTRAP_SERVERS" in away.err) == (AWAY, True)
    assert tsuide("lag", "--fail-over-seconds", "-1").code == USAGE
