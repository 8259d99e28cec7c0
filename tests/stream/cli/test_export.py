import asyncio
import gzip
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from stream.contracts.topics import CART
from stream.engine.who import pseudonym
from stream.exits import AWAY, FAILED, INTERRUPTED, OK, USAGE
from tests.stream.archive.records import T, read
from tests.stream.cli.conftest import Tsuide
from tests.support.server import wait_until
from tests.support.servers import free_port, make_topics

SECRET = "a secret of at least thirty-two characters"
ANA, BO = (pseudonym(raw_id, "k1", SECRET.encode()) for raw_id in ("ana", "bo"))


async def two_orders(bootstrap: str) -> None:
    await make_topics(bootstrap)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for number, who in enumerate((ANA, BO)):
            await producer.send_and_wait(CART, b"{}", who.encode(), partition=number, timestamp_ms=T + number * 1_000)


def test_the_input_topics_are_exported_and_counted(tsuide: Tsuide, kafka: str, tmp_path: Path) -> None:
    asyncio.run(two_orders(kafka))
    out, kafka_only = tmp_path / "out.jsonl.gz", {"KAFKA_BOOTSTRAP_SERVERS": kafka}
    ended = tsuide("export", str(out), **kafka_only)
    assert (ended.code, ended.out) == (
        OK,
        f"2 records written to {out}: 0 of shop.clickstream.v1, 2 of shop.cart.v1, 0 of shop.consent.v1.\n",
    )
    assert [record.key for record in read(out)] == [ANA.encode(), BO.encode()]
    # and of one customer, of one topic, of a time: T is 2025-11-22 02:53:20 UTC
    secret = kafka_only | {"TSUIDE_PSEUDONYM_SECRET": SECRET}
    assert tsuide("export", str(out), "--customer", "ana", "--json", **secret).json["records"] == 1
    assert tsuide("export", str(out), "--customer", BO, "--json", **kafka_only).json["records"] == 1
    ended = tsuide(
        "export", str(out), "--topic", CART, "--from", "2025-11-22T02:53:21", "--to", "2025-11-22T03:53:22+01:00", "--json", **kafka_only
    )
    assert ended.json == {
        "records": 1,
        "topics": {CART: 1},
        "bytes": len(gzip.decompress(out.read_bytes())),
        "first_ms": T + 1_000,
        "last_ms": T + 1_000,
    }
    assert "--from 2025-11-22T02:53:21 names no zone: UTC is assumed" in ended.err


def test_a_topic_that_is_not_there_is_named(tsuide: Tsuide, kafka: str, tmp_path: Path) -> None:
    ended = tsuide("export", str(tmp_path / "out.jsonl"), "--topic", "shop.nothing", KAFKA_BOOTSTRAP_SERVERS=kafka)
    assert ended.code == FAILED
    assert "no topic shop.nothing" in ended.err


def test_without_a_broker_it_ends_with_4_and_leaves_no_file(tsuide: Tsuide, tmp_path: Path) -> None:
    ended = tsuide("export", str(tmp_path / "out.jsonl"), KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}")
    assert ended.code == AWAY
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_parquet_names_what_to_install(tsuide: Tsuide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ended = tsuide("export", str(tmp_path / "out.parquet"), KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}")
    assert ended.code == FAILED
    assert "pip install 'tsuide[parquet]'" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_wrong_use_is_told_before_anybody_is_asked(tsuide: Tsuide, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    for arguments, why in (
        ((str(tmp_path / "out.csv"),), "does not end in .jsonl, .jsonl.gz, .jsonl.zst or .parquet"),
        ((str(tmp_path / "none" / "out.jsonl"),), "there is no folder"),
        ((out, "--from", "yesterday"), "is no date and time"),
        ((out, "--from", "2025-11-22T00:00Z", "--to", "2025-11-22T00:00Z"), "is not after --from"),
        ((out, "--customer", "ana"), "TSUIDE_PSEUDONYM_SECRET"),
    ):
        ended = tsuide("export", *arguments)
        assert ended.code == USAGE
        assert why in ended.err


def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    # given a broker that takes the connection and says nothing
    with socket.create_server(("127.0.0.1", 0)) as silent:
        command = [sys.executable, "-m", "stream.cli", "export", str(tmp_path / "out.jsonl")]
        where = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{silent.getsockname()[1]}"}
        process = subprocess.Popen(command, env=os.environ | where, stderr=subprocess.PIPE)
        # when it is interrupted once the file is begun
        wait_until(lambda: any(tmp_path.iterdir()), within_s=30, what="an unfinished file")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED
    assert list(tmp_path.iterdir()) == []
