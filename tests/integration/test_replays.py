"""`tsuide replay --into kafka` on a real Kafka and Redis, with workers of its own, and among a shop's own events."""

import asyncio
import random
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from features.store.redis import RedisStore, open_store
from stream.contracts.events import Event
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import INPUTS, SUGGESTIONS
from stream.exits import FAILED, INTERRUPTED, OK
from stream.settings import Settings
from tests.support.commands import Ended, ended
from tests.support.counting import read_topic, until_worked
from tests.support.server import Server
from tests.support.shop import Shop, now_ms
from tests.support.waiting import until
from tests.support.workers import SHUTDOWN_S, Crew, python, started

HOUR_MS = 3_600_000
MONTH_MS = 30 * 24 * HOUR_MS


def events(shop: Shop, count: int, *, since_ms: int, every_ms: int, customers: Iterable[int] = range(200), seed: int = 7) -> list[Event]:
    """Return events of these customers in order of time."""
    chance, whose = random.Random(seed), [shop.customers[number] for number in customers]
    return [
        msgspec.structs.replace(shop.an_event(chance.choice(whose), chance.choice(shop.items)), event_time_ms=since_ms + number * every_ms)
        for number in range(count)
    ]


def written(path: Path, log: Iterable[Event]) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in log))
    return path


async def replay(crew: Crew, *arguments: str) -> Ended:
    return await ended(crew, "stream.cli", "replay", *arguments)


async def digest_in(crew: Crew, log: Path) -> str:
    """Return the digest that these events give, worked in memory."""
    done = await replay(crew, str(log), "--learn-only")
    assert done.code == OK, done.said
    return str(done.told["digest"])


async def answers(bootstrap: str, suffix: str = "") -> dict[str, str]:
    """Return the suggestion's id by the event that caused it."""
    read = msgspec.json.Decoder(Suggestion)
    found = [read.decode(record.value) for record in await read_topic(bootstrap, SUGGESTIONS + suffix)]
    return {one.caused_by: one.suggestion_id for one in found}


async def fed_values(bootstrap: str, suffix: str) -> list[bytes]:
    return [record.value for topic in INPUTS for record in await read_topic(bootstrap, topic + suffix)]


async def until_fed(running: Server, bootstrap: str, suffix: str, count: int) -> None:
    """Return once a replay that was just started has fed more than so many records."""

    async def is_fed() -> bool:
        return "goes on with" in running.log.read_text() and len(await fed_values(bootstrap, suffix)) > count

    await until(is_fed, what=f"{count} records are fed")


@pytest.fixture
async def left(crew: Crew) -> Any:
    """Remove what a test's replays have left."""
    yield
    for replay_id in (await ended(crew, "stream.cli", "replays", "list")).told:
        await ended(crew, "stream.cli", "replays", "remove", replay_id)


@pytest.mark.usefixtures("left")
async def test_a_live_run_with_a_crash_in_it_is_replayed_to_the_same_state_and_the_same_suggestions(
    shop: Shop, crew: Crew, store: RedisStore
):
    # given a live run, one of whose workers is killed at work
    first, second = crew.worker(), crew.worker()
    await started(first, second)
    async with shop.trading():
        await shop.has_sent(600)
        first.kill9()
        await shop.has_sent(1_500)
    await until_worked(shop, store)
    second.tell(signal.SIGTERM)
    assert await asyncio.to_thread(second.ended, SHUTDOWN_S + 10) == OK
    live = (await ended(crew, "stream.cli", "digest")).told
    suggested = await answers(shop.bootstrap)
    # when its inputs are replayed into fresh state, with a worker of its own
    done = await replay(crew, "kafka:", "--into", "kafka", "--id", "again", "--max-rate", "300")
    # then every customer stands where he stood, and every event has the suggestion that it had, by its id
    assert done.code == OK, done.said
    report = done.told["report"]
    assert (report["fed"]["records"], report["behind"]) == (len(shop.sent) + len(shop.items), 0)
    assert report["digest"] == live["digest"]
    again = await answers(shop.bootstrap, ".replay.again")
    assert again.items() <= suggested.items()
    assert len(suggested) == len(shop.sent) > 1_400
    # but for the first ones, to which the live run had something popular to say from before its first input
    assert len(again) > 0.5 * len(suggested)
    # and the live run is as it was
    assert (await ended(crew, "stream.cli", "digest")).told == live
    assert await answers(shop.bootstrap) == suggested


@pytest.mark.usefixtures("left")
async def test_killed_at_any_moment_and_resumed_it_feeds_everything_once_and_its_workers_end_with_it(
    shop: Shop, crew: Crew, tmp_path: Path
):
    log = written(tmp_path / "log.jsonl", events(shop, 12_000, since_ms=now_ms() - MONTH_MS, every_ms=100))
    command = ["stream.cli", "replay", str(log), "--into", "kafka", "--learn-only", "--max-rate", "3000"]
    running = Server(tmp_path / "replay", python(crew.environ, *command, "--id", "cut"))
    running.launch()
    try:
        await until_fed(running, shop.bootstrap, ".replay.cut", 500)
        await asyncio.sleep(random.uniform(0, 1.5))
    finally:
        running.kill9()
    before = len(await fed_values(shop.bootstrap, ".replay.cut"))
    assert 0 < before < 12_000
    # when it goes on
    refused = await replay(crew, str(log), "--into", "kafka", "--learn-only", "--resume", "cut", "--limit", "5")
    done = await replay(crew, str(log), "--into", "kafka", "--learn-only", "--resume", "cut")
    # then with other choices it does not, and with the same each record is there once
    assert (refused.code, "other choices" in refused.said) == (FAILED, True)
    assert done.code == OK, done.said
    assert done.told["report"]["fed"]["there"] == before
    values = await fed_values(shop.bootstrap, ".replay.cut")
    assert len(values) == len(set(values)) == 12_000
    assert done.told["report"]["digest"] == await digest_in(crew, log)
    assert (await answers(shop.bootstrap, ".replay.cut")) == {}


@pytest.mark.usefixtures("left")
async def test_interrupted_it_ends_in_order_and_says_how_to_go_on(shop: Shop, crew: Crew, tmp_path: Path):
    log = written(tmp_path / "log.jsonl", events(shop, 600, since_ms=now_ms() - MONTH_MS, every_ms=1_000))
    command = ["stream.cli", "replay", str(log), "--into", "kafka", "--speed", "20", "--id", "slow"]
    running = Server(tmp_path / "replay", python(crew.environ, *command))
    running.launch()
    await until_fed(running, shop.bootstrap, ".replay.slow", 20)
    running.tell(signal.SIGINT)
    assert await asyncio.to_thread(running.ended, 40) == INTERRUPTED
    assert "--resume slow" in running.log.read_text().splitlines()[-1]
    done = await replay(crew, str(log), "--into", "kafka", "--resume", "slow", "--workers", "2")
    assert (done.code, done.told["report"]["fed"]["there"] > 20) == (OK, True)
    assert done.told["report"]["digest"] == await digest_in(crew, log)


async def test_a_new_shop_is_warmed_in_silence_and_goes_live_without_a_gap_or_an_event_counted_twice(
    shop: Shop, crew: Crew, store: RedisStore, tmp_path: Path
):
    # given a month of another tool's log, fed into the topics of a shop that has just begun
    past = events(shop, 2_000, since_ms=now_ms() - MONTH_MS, every_ms=(MONTH_MS - HOUR_MS) // 2_000, customers=range(100))
    log = written(tmp_path / "log.jsonl", past)
    warm = ("--into", "kafka", "--live", "--learn-only", "--yes")
    worker = crew.worker()
    await started(worker)
    first = await replay(crew, str(log), *warm, "--id", "warm")
    assert first.code == OK, first.said
    assert first.told["report"]["behind"] == 0
    assert await answers(shop.bootstrap) == {}
    # when customers come while the log goes on for a while, and it is fed to its end
    tail = events(shop, 200, since_ms=now_ms() - HOUR_MS, every_ms=10_000, customers=range(100), seed=8)
    began_ms = now_ms()
    own = [await shop.tell(shop.an_event(shop.customers[number], shop.items[number % 60])) for number in range(150, 200)]
    both = events(shop, 50, since_ms=began_ms + 60_000, every_ms=1_000, customers=range(150, 200), seed=9)
    rest = await replay(crew, str(written(log, [*past, *tail, *both])), *warm, "--resume", "warm")
    # then what the log has of the time before the shop's own first event is there once, and nothing of the time after it
    assert rest.code == OK, rest.said
    assert (rest.told["report"]["fed"]["records"], rest.told["report"]["fed"]["there"]) == (len(tail), len(past))
    await until_worked_all(store, shop)
    told = [msgspec.json.decode(value, type=Event) for value in await fed_values(shop.bootstrap, "")]  # type: ignore[arg-type]
    whole = sorted(told, key=lambda event: event.event_time_ms)
    assert len(whole) == len({event.event_id for event in whole}) == len(past) + len(tail) + len(own)
    counted = (await ended(crew, "stream.cli", "digest")).told["digest"]
    assert counted == await digest_in(crew, written(tmp_path / "all.jsonl", whole))
    # and only the shop's own events were answered
    assert set((await answers(shop.bootstrap)).values()) == {sent.id for sent in own}


async def until_worked_all(store: RedisStore, shop: Shop) -> None:
    """Wait until everything in the topics is handled, whoever wrote it."""
    wanted = len(await fed_values(shop.bootstrap, ""))

    async def is_handled() -> bool:
        found = await store.read({number: () for number in range(shop.partitions)})
        return sum(sum(one.fence.watermarks.values()) for one in found.values()) >= wanted

    await until(is_handled, within_s=30, what=f"{wanted} records are handled")


@pytest.mark.usefixtures("left")
async def test_an_id_is_one_replays_and_what_is_left_of_it_can_be_removed(shop: Shop, crew: Crew, tmp_path: Path):
    log = str(written(tmp_path / "log.jsonl", events(shop, 20, since_ms=now_ms() - MONTH_MS, every_ms=1_000)))
    # an id is one replay's, and none can be gone on with that was not begun
    assert (await replay(crew, log, "--into", "kafka", "--id", "mine")).code == OK
    again = await replay(crew, log, "--into", "kafka", "--id", "mine")
    assert (again.code, "--resume mine" in again.said) == (FAILED, True)
    assert (await replay(crew, log, "--into", "kafka", "--resume", "other")).code == FAILED
    # it is listed with what belongs to it, and removed with its keys
    own = (await ended(crew, "stream.cli", "replays", "list")).told["mine"]
    there = Settings.of(crew.environ | own)
    assert there.prefix == f"{crew.prefix}.replay.mine"
    removed = (await ended(crew, "stream.cli", "replays", "remove", "mine")).told
    assert (removed["topics"], removed["keys"] > 10) == (9, True)
    store = open_store(there.redis, prefix=there.prefix)
    assert [number async for number, _ in store.everybody()] == []
    await store.aclose()
    assert "mine" not in (await ended(crew, "stream.cli", "replays", "list")).told
    assert (await ended(crew, "stream.cli", "replays", "remove", "mine")).code == FAILED
