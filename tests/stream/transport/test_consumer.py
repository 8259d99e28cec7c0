"""The batch transport on a real Kafka, around a handler that works for as long as a test wants."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from faust.types import TP

from stream.agents.app import BatchApp, build_app, read_on
from stream.contracts.topics import CART, CLICKSTREAM, INPUTS
from stream.engine.patience import Patience
from stream.engine.positions import Offsets
from stream.engine.record import Record, TopicPartition
from stream.settings import Settings
from tests.support.topics import make_topics

PARTITIONS = 4
WITHIN_S = 60


class Slow:
    """Notes each batch, and works it until `done_with_it` is set."""

    in_hand = None

    def __init__(self) -> None:
        self.patience = Patience()
        self.done: Offsets = {}
        self.standing: Offsets = {}
        self.batches = 0
        self.begun: asyncio.Queue[list[bytes | None]] = asyncio.Queue()
        self.done_with_it = asyncio.Event()

    async def assign(self, log_starts: Mapping[TopicPartition, int]) -> Offsets:
        self.standing = dict(log_starts)
        return self.standing

    async def strange(self, ends: Offsets, ids: Mapping[str, str]) -> Offsets:
        return {}

    async def leave(self) -> None:
        self.standing = {}

    async def look(self) -> Offsets:
        return {}

    async def handle(self, fetched: Mapping[TopicPartition, Sequence[Record]]) -> Offsets:
        self.begun.put_nowait(sorted(record.value for records in fetched.values() for record in records))
        await self.done_with_it.wait()
        self.done_with_it.clear()
        self.batches += 1
        self.standing |= {at: records[-1].offset + 1 for at, records in fetched.items()}
        return {}

    async def next_batch(self) -> list[bytes | None]:
        return await asyncio.wait_for(self.begun.get(), WITHIN_S)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
async def app(kafka: str, slow: Slow) -> AsyncIterator[BatchApp]:
    """A running app that drives the slow handler."""
    await make_topics(kafka, partitions=PARTITIONS)
    app = build_app(Settings(kafka_bootstrap_servers=kafka), slow, group="test-consumer", topics=INPUTS)
    await app.start()
    yield app
    slow.done_with_it.set()
    await app.stop()


@pytest.fixture
async def producer(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        yield producer


@pytest.mark.parametrize("told", [False, True], ids=["when it is done", "a little before"])
async def test_all_that_came_while_a_batch_was_worked_is_the_next_batch(
    app: BatchApp, slow: Slow, producer: AIOKafkaProducer, told: bool
) -> None:
    # given a batch that is being worked
    await producer.send_and_wait(CLICKSTREAM, b"first", partition=0)
    assert await slow.next_batch() == [b"first"]
    # when records come one after the other, in the same partition and in others
    places = [(CLICKSTREAM, 0), (CLICKSTREAM, 1), (CART, 0), (CLICKSTREAM, 0), (CART, 3)]
    for number, (topic, partition) in enumerate(places):
        await producer.send_and_wait(topic, b"%d" % number, partition=partition)
    # and the batch is done
    if told:
        read_on(app, 0.0)
    slow.done_with_it.set()
    # then they are worked together, none of them alone because it was fetched ahead of the others
    assert await slow.next_batch() == [b"0", b"1", b"2", b"3", b"4"]
    # and what comes later is not forgotten
    slow.done_with_it.set()
    await producer.send_and_wait(CART, b"last", partition=2)
    assert await slow.next_batch() == [b"last"]


async def test_what_comes_until_shortly_before_a_batch_is_done_is_in_the_next_one(
    app: BatchApp, slow: Slow, producer: AIOKafkaProducer
) -> None:
    # given a batch that will be done in a while, and a record that came since
    await producer.send_and_wait(CLICKSTREAM, b"first", partition=0)
    assert await slow.next_batch() == [b"first"]
    await producer.send_and_wait(CLICKSTREAM, b"early", partition=1)
    # when that is told, and another record comes after it
    read_on(app, 1.0)
    await producer.send_and_wait(CART, b"late", partition=0)
    # then the agent has both before it is done with the first batch
    assert await slow.next_batch() == [b"early", b"late"]
    assert slow.batches == 0
    # and no third batch before it is done with one of the two
    await producer.send_and_wait(CART, b"third", partition=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(slow.begun.get(), 1.0)
    slow.done_with_it.set()
    assert await slow.next_batch() == [b"third"]
    slow.done_with_it.set()


async def test_a_batch_that_is_dropped_on_its_way_to_the_agent_is_read_again(app: BatchApp, slow: Slow, producer: AIOKafkaProducer) -> None:
    # given a batch that was worked, and a Faust that believes to have delivered more of a partition, as a rebalance may leave it
    await producer.send_and_wait(CLICKSTREAM, b"first", partition=0)
    assert await slow.next_batch() == [b"first"]
    consumer: Any = app.consumer
    consumer._read_offset[TP(CLICKSTREAM, 1)] = 99
    slow.done_with_it.set()
    # when a record comes there, which Faust drops in silence, and nothing after it
    await producer.send_and_wait(CLICKSTREAM, b"dropped", partition=1)
    # then it is worked all the same
    assert await slow.next_batch() == [b"dropped"]
