"""Workers that start from a checkpoint, with whole ones, with damaged ones, and after a death in the middle of writing one."""

import asyncio
import itertools
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from features.store.redis import RedisStore
from stream.contracts.topics import SUGGESTIONS
from stream.exits import OK
from tests.support.checkpoints import saved, spoil, started_from, unfinished, whole
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.log_lines import lines_in
from tests.support.operations import SETTING, Operations
from tests.support.shop import Shop, customer_named
from tests.support.topics import PARTITIONS
from tests.support.waiting import until
from tests.support.workers import Crew, Worker, started

END_S = 30
ASKED = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the workers of a test keep checkpoints."""
    return tmp_path / "checkpoints"


@pytest.fixture
def often(folder: Path) -> dict[str, str]:
    """Settings of a worker that saves every second."""
    return {"TSUIDE_CHECKPOINTS": str(folder), "TSUIDE_CHECKPOINT_EVERY_S": "1", **SETTING}


@pytest.fixture
def at_its_end(often: dict[str, str]) -> dict[str, str]:
    """Settings of a worker that saves once it has started, and when it is told to end."""
    return often | {"TSUIDE_CHECKPOINT_EVERY_S": "3600"}


@pytest.fixture
def newcomers(shop: Shop) -> Iterator[str]:
    """Customers whom nobody knows, who live in partition 0."""
    return (customer for number in itertools.count() if shop.home_of(customer := customer_named(f"newcomer {number}")) == 0)


async def told_to_end(worker: Worker) -> None:
    worker.tell(signal.SIGTERM)
    assert await asyncio.to_thread(worker.ended, END_S) == OK


async def until_saved(folder: Path, count: int) -> None:
    async def there() -> bool:
        return len(saved(folder)) >= count

    await until(there, f"{count} checkpoints")


async def remembers(*workers: Worker) -> list[float]:
    """Return how many records each worker's memory has taken in."""
    return [(await (await Operations.of(worker)).metrics())["tsuide_memory_records_total"][()] for worker in workers]


async def read_suggestions(bootstrap: str) -> dict[str, list[dict[str, object]]]:
    """Return all suggestions by id, without the moment of publishing."""
    consumer, found = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None), {}
    await consumer.start()
    try:
        partitions = [TopicPartition(SUGGESTIONS, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        for tp, end in (await consumer.end_offsets(partitions)).items():
            while await consumer.position(tp) < end:
                for record in (await consumer.getmany(tp, timeout_ms=200)).get(tp, ()):
                    said = msgspec.json.decode(record.value)
                    said.pop("published_ms", None)
                    found.setdefault(said["suggestion_id"], []).append(said)
    finally:
        await consumer.stop()
    return found


async def test_a_restarted_worker_suggests_what_one_suggests_that_was_never_restarted(
    shop: Shop, crew: Crew, store: RedisStore, at_its_end: dict[str, str], newcomers: Iterator[str], tmp_path: Path
):
    # given two workers in groups of their own, each with all partitions, both live while customers of one partition trade
    other = Crew(tmp_path / "other", shop.bootstrap, crew.environ["REDIS_URL"], name=f"{crew.prefix}-other", partitions=PARTITIONS)
    shop.customers = [customer for customer in shop.customers if shop.home_of(customer) == 0]
    try:
        steady, restarted = other.worker(**SETTING), crew.worker(**at_its_end)
        await asyncio.gather(started(steady), started(restarted))
        async with shop.trading():
            await shop.has_sent(300)
        await until_worked(shop, store)
        # when one of them ends, more is sold meanwhile, and it starts again from its checkpoint
        await told_to_end(restarted)
        async with shop.trading():
            await shop.has_sent(100)
        await started(again := crew.worker(**at_its_end))
        await until_worked(shop, store)
        assert started_from(again.log)

        async def alike() -> bool:
            first, second = await remembers(steady, again)
            return first == second == len(shop.sent) + len(shop.items)

        await until(alike, "both know all records")
        # then both say the same to newcomers, to the last digit, whenever they know the same at that moment
        for _ in range(ASKED):
            await shop.tell(shop.an_event(next(newcomers), shop.items[0]))
            await until(alike, "both know all records")

        async def all_said() -> bool:
            said = await read_suggestions(shop.bootstrap)
            return all(len(said.get(sent.id, ())) == 2 for sent in shop.sent[-ASKED:])

        await until(all_said, "two answers each")
        said = await read_suggestions(shop.bootstrap)
        pairs = [said[sent.id] for sent in shop.sent[-ASKED:]]
        same_moment = [pair for pair in pairs if pair[0]["memory_version"] == pair[1]["memory_version"]]
        assert len(same_moment) >= ASKED / 3
        assert [pair for pair in same_moment if pair[0] != pair[1] or not pair[0]["lists"]] == []
    finally:
        other.end()


async def test_a_damaged_newest_checkpoint_is_passed_over_and_with_all_damaged_the_topic_is_read(
    shop: Shop, crew: Crew, store: RedisStore, often: dict[str, str], folder: Path
):
    # given a worker that has saved three checkpoints and more, of which it keeps three
    await started(worker := crew.worker(**often))
    async with shop.trading():
        await until_saved(folder, 3)
        await shop.has_sent(300)
    await until_worked(shop, store)
    await told_to_end(worker)
    newest, older = saved(folder)[:2]
    # when the newest is damaged, then the next worker starts from the older one, and says why
    spoil(newest)
    await started(second := crew.worker(**often))
    [refused] = lines_in(second.log, "checkpoint not used")
    assert refused["path"] == str(newest)
    assert "its checksum is wrong" in refused["reason"]
    assert started_from(second.log) == [str(older)]
    ops = await Operations.of(second)
    found = await ops.metrics()
    assert found["tsuide_checkpoints_refused_total"][("damaged",)] == 1
    assert found["tsuide_memory_records_total"][()] == len(shop.sent) + len(shop.items)
    await asyncio.to_thread(second.kill9)
    # and when all of them are, it reads the topic from its beginning, and knows as much
    for path in saved(folder):
        spoil(path)
    await started(third := crew.worker(**often))
    assert lines_in(third.log, "no checkpoint to start from")
    assert await remembers(third) == [len(shop.sent) + len(shop.items)]
    async with shop.trading():
        await shop.has_sent(100)
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()


async def test_killed_in_the_middle_of_writing_one_a_worker_starts_from_the_one_before(
    shop: Shop, crew: Crew, store: RedisStore, often: dict[str, str], folder: Path
):
    dying = crew.worker("die_saving", "3", **often)
    await started(dying)
    async with shop.trading():
        assert await asyncio.to_thread(dying.ended, END_S) == -signal.SIGKILL
        # then what it has left is two whole checkpoints, and half of one that does not count
        assert len(saved(folder)) == 2
        assert whole(saved(folder))
        [half] = unfinished(folder)
        newest = saved(folder)[0]
        await started(next_one := crew.worker(**often))
        assert started_from(next_one.log) == [str(newest)]
        assert not half.exists()
        await shop.has_sent(100)
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()


async def test_who_asks_to_be_forgotten_is_on_no_disk_once_the_next_checkpoint_is_written(
    shop: Shop, crew: Crew, store: RedisStore, often: dict[str, str], folder: Path
):
    # given a worker whose checkpoints hold a customer
    await started(worker := crew.worker(**often))
    ops = await Operations.of(worker)
    async with shop.trading():
        await until_saved(folder, 3)
    await until_worked(shop, store)
    holding = saved(folder)
    # when he asks to be forgotten
    await shop.choose(shop.customers[0], "forget")
    await ops.until_told(lambda told: told["tsuide_checkpoints_forgotten_total"][()] > 0, "those that held him are gone")
    # then all that were there before are gone, and one is there that a worker starts from
    assert [path for path in holding if path.exists()] == []
    assert whole(saved(folder))
    await asyncio.to_thread(worker.kill9)
    await started(next_one := crew.worker(**often))
    assert started_from(next_one.log)
