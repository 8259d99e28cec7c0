"""`tsuide load` against real workers: what it tells is held against what a test reads for itself."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

from features.store.redis import RedisStore
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CLICKSTREAM, MEMORY, SUGGESTIONS
from stream.exits import AWAY, FAILED, INTERRUPTED, OK, USAGE
from stream.transport.follower import Fetching, Follower
from tests.stream.cli.conftest import Tsuide
from tests.support.counting import read_topic
from tests.support.floor import crew, shop, store
from tests.support.servers import free_port
from tests.support.shop import Shop
from tests.support.waiting import until
from tests.support.workers import Crew, Worker, started

__all__ = ["crew", "shop", "store"]

RATE, SECONDS, CUSTOMERS, ITEMS = 50, 6, 20, 60
THEN_MS = 1_396_314_141_719


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of 100 views by 20 customers, shorter than any load of these tests."""
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(a_line(number)) + "\n" for number in range(100)))
    return path


def a_line(number: int) -> dict[str, Any]:
    who = f"visitor {number % CUSTOMERS}"
    item = {"item_id": f"item-{number % ITEMS}", "price": 2.5}
    event_time_ms = THEN_MS + 60_000 * number
    return {
        "event": "view_item",
        "event_id": f"e-{number}",
        "event_time_ms": event_time_ms,
        "user_id": who,
        "session_id": who,
        "items": [item],
    }


class Running:
    """A load in a process of its own."""

    def __init__(self, crew: Crew, *arguments: object) -> None:
        command = [sys.executable, "-m", "stream.cli", "load", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | crew.environ)

    async def said(self, code: int = OK) -> tuple[str, str]:
        """Return what it wrote, once it has ended with this exit code."""
        out, err = await asyncio.to_thread(self.process.communicate, timeout=120)
        assert self.process.returncode == code, err.decode()
        return out.decode(), err.decode()

    async def report(self, code: int = OK) -> Any:
        """Return the report of one that was started with --json."""
        return json.loads((await self.said(code))[0])


@asynccontextmanager
async def reading(bootstrap: str) -> AsyncIterator[list[tuple[float, Suggestion]]]:
    """Give (milliseconds since 1970, suggestion) of what this test itself reads, as it comes."""
    read: list[tuple[float, Suggestion]] = []
    decoder = msgspec.json.Decoder(Suggestion)
    follower = Follower(
        bootstrap, SUGGESTIONS, lambda record: read.append((time.time_ns() / 1e6, decoder.decode(record.value))), fetching=Fetching(1, 500)
    )
    await follower.start()
    await follower.caught_up()
    yield read
    await follower.stop()


async def sent_events(bootstrap: str) -> list[Any]:
    """Return the events of loads that stand in the click stream, in order within each partition."""
    events = [msgspec.json.decode(record.value) for record in await read_topic(bootstrap, CLICKSTREAM)]
    return [event for event in events if event["event_id"].startswith("load-")]


async def test_what_a_load_tells_is_what_a_test_measures_beside_it(shop: Shop, crew: Crew, log: Path) -> None:
    # given a worker that answers every view, and somebody else who reads the suggestions
    await started(crew.worker())
    async with reading(shop.bootstrap) as read:
        # when 300 views are sent, 50 a second, after a second of warm-up, from a log of 100
        report = await Running(crew, log, "--rate", RATE, "--seconds", SECONDS, "--warmup", 1, "--json").report()
    # then every one that counts was answered and the rate was reached
    assert (report["sent"], report["answered"], report["silent"], report["not_handled"]) == (RATE * SECONDS, RATE * SECONDS, 0, 0)
    assert report["reached"] == pytest.approx(RATE, rel=0.05)
    assert (report["failed"], report["missed"], report["interrupted"]) == ({}, [], False)
    # and the waits are those from an event's own time to the moment at which the suggestion that it caused was read here
    due_ms = {event["event_id"]: event["event_time_ms"] for event in await sent_events(shop.bootstrap)}
    assert len(due_ms) == RATE * (SECONDS + 1)
    waits_ms = [at_ms - due_ms[suggestion.caused_by] for at_ms, suggestion in read if number_of(suggestion.caused_by) >= RATE]
    assert len(waits_ms) == RATE * SECONDS
    for name, percentile in (("p50", 50), ("p90", 90)):
        assert report["suggestion"][name] == pytest.approx(float(np.percentile(waits_ms, percentile)), rel=0.2, abs=10)
    assert report["acknowledged"]["p50"] < report["suggestion"]["p50"]


def number_of(event_id: str) -> int:
    return int(event_id.rpartition("-")[2])


async def test_a_worker_that_stands_still_is_felt_by_everybody_who_came_meanwhile(shop: Shop, crew: Crew, log: Path) -> None:
    # given a worker under a load of 50 views a second for 6 s
    worker = crew.worker()
    await started(worker)
    async with reading(shop.bootstrap) as read:
        running = Running(crew, log, "--rate", RATE, "--seconds", SECONDS, "--warmup", 0, "--json")
        await until_more_than(read, RATE)
        # when it stands still for 2 s
        await still(worker, 2.0)
        report = await running.report()
    # then a third of all customers have waited, evenly for up to 2 s: at 90 % it is (0.90 - 0.67) / 0.33 = 0.7 of that, 1.4 s;
    # who asks again only once he was answered would have met the stall once, in 1 of 300 waits
    assert report["sent"] == report["answered"] == RATE * SECONDS
    assert report["suggestion"]["max"] >= 1_900
    assert report["suggestion"]["p90"] >= 1_200
    # and the sending went on by the clock
    assert report["reached"] == pytest.approx(RATE, rel=0.05)


async def until_more_than(read: list[Any], count: int) -> None:
    async def enough() -> bool:
        return len(read) > count

    await until(enough, f"more than {count} suggestions")


async def still(worker: Worker, seconds: float) -> None:
    await asyncio.to_thread(worker.pause)
    await asyncio.sleep(seconds)  # how long is what is tested
    worker.resume()


async def test_a_load_is_apart_from_the_shops_customers_and_can_be_forgotten(
    shop: Shop, crew: Crew, store: RedisStore, log: Path, tmp_path: Path
) -> None:
    await started(crew.worker())
    percentiles = tmp_path / "waits.hgrm"
    # when a load runs over the log three times, on to customers of its own, and has them forgotten
    report = await Running(
        crew, log, "--rate", 100, "--seconds", 3, "--warmup", 0, "--customers", 7, "--forget", "--hdr", percentiles, "--json"
    ).report()
    events = await sent_events(shop.bootstrap)
    customers = {event["customer"] for event in events}
    # then nobody has another's name, each event is of the time of this load, and each customer's are in the order in which they were sent
    assert report["customers"] == len(customers) <= 7
    assert all(customer.startswith("load:") for customer in customers)
    assert len({event["session_id"] for event in events}) == 3 * CUSTOMERS
    for customer in customers:
        own = [(event["event_time_ms"], number_of(event["event_id"])) for event in events if event["customer"] == customer]
        assert own == sorted(own)
    times_ms = [event["event_time_ms"] for event in events]
    assert max(times_ms) - min(times_ms) == pytest.approx(1_000 * 299 / 100, abs=1)
    # and nothing is kept of them
    homes = {number: [customer for customer in customers if shop.home_of(customer) == number] for number in range(shop.partitions)}

    async def nothing_kept() -> bool:
        return not any(found.profiles for found in (await store.read(homes)).values())

    await until(nothing_kept, "no profiles of the load")
    memory = [msgspec.json.decode(record.value) for record in await read_topic(shop.bootstrap, MEMORY)]
    assert {one["customer"] for one in memory if one["kind"] == "forget"} == customers
    # and the file holds the percentiles of all 300 waits
    assert "TotalCount     =      300" in percentiles.read_text()


async def test_ctrl_c_ends_the_sending_and_tells_what_was_measured(shop: Shop, crew: Crew, log: Path, tmp_path: Path) -> None:
    await started(crew.worker())
    intervals = tmp_path / "waits.hlog"
    async with reading(shop.bootstrap) as read:
        # given a load of an hour
        running = Running(crew, log, "--rate", RATE, "--seconds", 3_600, "--warmup", 0, "--hdr", intervals, "--json")
        await until_more_than(read, 2 * RATE)
        # when it is interrupted
        running.process.send_signal(signal.SIGINT)
        report = await running.report(INTERRUPTED)
    # then what was sent is answered, and told
    assert report["interrupted"]
    assert 2 * RATE < report["sent"] == report["answered"] < 3_600 * RATE
    # and its file holds it, second by second
    log_of = HistogramLogReader(str(intervals), HdrHistogram(1, 3_600_000_000, 3))
    seconds = list(iter(log_of.get_next_interval_histogram, None))
    log_of.close()
    assert len(seconds) >= 2
    assert sum(second.get_total_count() for second in seconds) == report["answered"]


async def test_a_cluster_that_others_write_to_is_loaded_only_when_that_was_said(shop: Shop, crew: Crew, log: Path, tsuide: Tsuide) -> None:
    # given a cluster that knows loads only
    await started(crew.worker())
    short = (log, "--rate", 20, "--seconds", 1, "--warmup", 0, "--json")
    await Running(crew, *short).report()
    await Running(crew, *short).report()
    # when a customer of the shop has been there
    await shop.tell(shop.an_event(shop.customers[0], "item-1"))
    # then a load is refused, and nothing was sent
    before = len(await sent_events(shop.bootstrap))
    refused = await asyncio.to_thread(tsuide, "load", *map(str, short), **crew.environ)
    assert (refused.code, "say --live" in refused.err) == (FAILED, True)
    assert len(await sent_events(shop.bootstrap)) == before
    # unless it is said that this is well
    assert (await Running(crew, *short, "--live").report())["sent"] == 20


async def test_a_bound_that_is_missed_ends_with_1_and_says_by_how_much(shop: Shop, crew: Crew, log: Path) -> None:
    await started(crew.worker())
    short = (log, "--rate", 20, "--seconds", 1, "--warmup", 0)
    out, err = await Running(crew, *short, "--fail-over", "p50=0.1", "--fail-over", "max=60000").said(FAILED)
    assert "tsuide: p50 is " in err
    assert "ms, over 0.1 ms.\n" in err
    assert "max is" not in err
    # and people read a table
    sums, answers, head, *rows = out.splitlines()
    assert sums.startswith("sent 20 in 1.0 s: ")
    assert answers.startswith("answered 20, silent by policy 0, not handled 0, ")
    assert head.split() == ["milliseconds", "n", "p50", "p90", "p99", "p99.9", "max"]
    assert [row.rpartition("  20  ")[0].strip() for row in rows] == [
        "event due to suggestion readable",
        "event due to acknowledged",
        "event due to handed over",
    ]


async def test_on_a_terminal_a_bar_is_drawn_and_taken_away(shop: Shop, crew: Crew, log: Path) -> None:
    await started(crew.worker())
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "stream.cli", "load", str(log), "--rate", "20", "--seconds", "3", "--warmup", "0"]
    environ = os.environ | crew.environ | {"TERM": "xterm", "COLUMNS": "160"}
    process = await asyncio.to_thread(subprocess.run, command, stdout=subprocess.PIPE, stderr=theirs, env=environ, timeout=120)
    os.close(theirs)
    seen = os.read(ours, 1_000_000)
    os.close(ours)
    assert process.returncode == OK, seen
    assert b"in flight" in seen
    assert b"\x1b[2K" in seen
    assert process.stdout.startswith(b"sent 60 in 3.0 s")


async def test_nobody_reading_is_told_before_anything_is_sent(shop: Shop, crew: Crew, log: Path, tsuide: Tsuide) -> None:
    ended = await asyncio.to_thread(tsuide, "load", str(log), "--rate", "10", **crew.environ)
    assert (ended.code, "start a worker" in ended.err) == (FAILED, True)
    assert await sent_events(shop.bootstrap) == []


def test_a_kafka_that_is_away_ends_with_4(tsuide: Tsuide, log: Path) -> None:
    away = tsuide("load", str(log), "--rate", "10", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}")
    assert (away.code, "KAFKA_BOOTSTRAP_SERVERS" in away.err) == (AWAY, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rate", "0"),
        ("--rate", "10", "--seconds", "0"),
        ("--rate", "10", "--fail-over", "p99"),
        ("--rate", "10", "--hdr", "waits.txt"),
        ("--rate", "10", "--hdr", "no-such-folder/waits.hgrm"),
        ("--rate", "10", "--live", "--catalog", "catalog.jsonl"),
        ("--rate", "10", "--customers", "0"),
        (),
    ],
)
def test_wrong_use_ends_with_2_before_anything_is_asked(tsuide: Tsuide, log: Path, arguments: tuple[str, ...]) -> None:
    assert tsuide("load", str(log), *arguments, KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}").code == USAGE


def test_a_log_that_cannot_be_read_ends_with_1_before_anything_is_asked(tsuide: Tsuide, tmp_path: Path) -> None:
    assert tsuide("load", str(tmp_path / "none"), "--rate", "10", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}").code == FAILED
