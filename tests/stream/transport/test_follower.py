import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.structs import ConsumerRecord, TopicPartition

from stream.contracts.topics import CLICKSTREAM
from stream.demo.broker import EmbeddedBroker
from stream.transport.edges import Answers
from stream.transport.follower import Follower
from tests.support.servers import KafkaBroker, make_topics

DEADLINE_S = 30
SINCE_MS = 1_700_000_000_000


@asynccontextmanager
async def following(
    bootstrap: str, topic: str, take: Callable[[ConsumerRecord], None], *, since_ms: int | None = None, newest: int | None = None
) -> AsyncIterator[Follower]:
    follower = Follower(bootstrap, topic, take, since_ms=since_ms, newest=newest)
    await follower.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield follower
    finally:
        await follower.stop()


async def produce(bootstrap: str, topic: str, values: list[bytes], partition: int = 0, *, at_ms: int | None = None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=partition, timestamp_ms=at_ms)


class Seen:
    """What a follower handed over, and a way to wait for a value."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self._waiting: dict[bytes, asyncio.Event] = {}

    def take(self, record: ConsumerRecord) -> None:
        self.values.append(record.value)
        self._waiting.setdefault(record.value, asyncio.Event()).set()

    async def wait_for(self, value: bytes) -> None:
        await self._waiting.setdefault(value, asyncio.Event()).wait()


async def test_what_stood_there_is_handed_over_before_it_has_caught_up_and_the_rest_as_it_comes(kafka: str) -> None:
    # given two partitions with records and two without
    [topic, *_] = await make_topics(kafka, prefix="follow-")
    await produce(kafka, topic, [b"a", b"b"], partition=1)
    await produce(kafka, topic, [b"c"], partition=3)
    seen = Seen()
    async with following(kafka, topic, seen.take) as follower:
        # when it has caught up, then all of it was seen, in order within a partition
        await follower.caught_up()
        assert [value for value in seen.values if value != b"c"] == [b"a", b"b"]
        assert len(seen.values) == 3
        # and what comes later is followed
        await produce(kafka, topic, [b"d"])
        await seen.wait_for(b"d")
        assert follower.records == 4


async def test_an_empty_topic_is_caught_up_with(kafka: str) -> None:
    [topic, *_] = await make_topics(kafka, prefix="empty-")
    async with following(kafka, topic, Seen().take) as follower:
        await follower.caught_up()
        assert (follower.records, follower.behind) == (0, 0)


async def test_a_topic_whose_records_are_all_gone_is_caught_up_with(kafka: str) -> None:
    # given a topic that goes on at offset 2, with nothing before it left
    [topic, *_] = await make_topics(kafka, prefix="gone-")
    await produce(kafka, topic, [b"a", b"b"])
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(2)})
    await admin.close()
    seen = Seen()
    async with following(kafka, topic, seen.take) as follower:
        await follower.caught_up()
        assert seen.values == []


async def test_a_topic_that_is_made_later_is_waited_for(kafka: str) -> None:
    seen = Seen()
    async with following(kafka, "late", seen.take) as follower:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await admin.start()
        await admin.create_topics([NewTopic("late", 1, 1)])
        await admin.close()
        await produce(kafka, "late", [b"a"])
        await seen.wait_for(b"a")
        await follower.caught_up()


async def test_a_broker_that_is_killed_is_waited_for_and_nothing_is_handed_over_twice(kafka_broker: Callable[[], KafkaBroker]) -> None:
    broker = kafka_broker()
    await make_topics(broker.bootstrap, partitions=1)
    await produce(broker.bootstrap, CLICKSTREAM, [b"a"])
    seen = Seen()
    async with following(broker.bootstrap, CLICKSTREAM, seen.take) as follower:
        await follower.caught_up()
        await asyncio.to_thread(broker.restart)
        await produce(broker.bootstrap, CLICKSTREAM, [b"b"])
        await seen.wait_for(b"b")
    assert seen.values == [b"a", b"b"]


async def test_from_a_point_in_time_only_what_is_younger_is_handed_over(kafka: str) -> None:
    # given a partition with older and younger records, one with older ones only, one of younger ones, and an empty one
    [topic, *_] = await make_topics(kafka, prefix="since-")
    await produce(kafka, topic, [b"old", b"older"], partition=0, at_ms=SINCE_MS - 1)
    await produce(kafka, topic, [b"young"], partition=0, at_ms=SINCE_MS)
    await produce(kafka, topic, [b"old"], partition=1, at_ms=SINCE_MS - 1)
    await produce(kafka, topic, [b"younger"], partition=2, at_ms=SINCE_MS + 1)
    seen = Seen()
    async with following(kafka, topic, seen.take, since_ms=SINCE_MS) as follower:
        await follower.caught_up()
        assert sorted(seen.values) == [b"young", b"younger"]
        # and what comes after the start is followed everywhere, whatever time it names
        for partition in range(4):
            await produce(kafka, topic, [b"new %d" % partition], partition=partition, at_ms=SINCE_MS - 1)
            await seen.wait_for(b"new %d" % partition)


async def test_of_a_topic_of_which_only_the_newest_counts_no_more_is_read(kafka: str) -> None:
    # given a partition with more than is asked for, and one with less
    [topic, *_] = await make_topics(kafka, prefix="newest-")
    await produce(kafka, topic, [b"1", b"2", b"3", b"4"], partition=0)
    await produce(kafka, topic, [b"5"], partition=1)
    seen = Seen()
    async with following(kafka, topic, seen.take, newest=2) as follower:
        await follower.caught_up()
        assert sorted(seen.values) == [b"3", b"4", b"5"]
        # and what comes is followed
        await produce(kafka, topic, [b"6"], partition=0)
        await seen.wait_for(b"6")


async def test_a_broker_that_looks_up_no_times_is_read_from_the_beginning() -> None:
    # given the demo's broker, which answers nothing when it is asked for a time
    broker = EmbeddedBroker(["looked-up"])
    try:
        await produce(broker.bootstrap, "looked-up", [b"old", b"young"], at_ms=SINCE_MS + 1)
        seen = Seen()
        async with following(broker.bootstrap, "looked-up", seen.take, since_ms=SINCE_MS) as follower:
            await follower.caught_up()
            assert seen.values == [b"old", b"young"]
    finally:
        broker.close()


async def test_what_the_taker_raises_is_raised_to_whom_waits(kafka: str) -> None:
    [topic, *_] = await make_topics(kafka, prefix="raise-")
    await produce(kafka, topic, [b"a"])

    def refuse(record: ConsumerRecord) -> None:
        raise LookupError(record.value)

    follower = Follower(kafka, topic, refuse)
    await follower.start()
    with pytest.raises(LookupError):
        await follower.caught_up()


class Broker:
    """Answers of a broker, as a consumer shows them: the time of the last one."""

    answered_ms: int | None = None

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None:
        return self.answered_ms


def test_two_answers_without_a_record_say_that_compaction_took_the_rest() -> None:
    # given a position at which the broker has answered nothing yet
    broker, tp = Broker(), TopicPartition("catalog", 0)
    answers = Answers(broker)
    assert not answers.nothing_more_at(tp, 5)
    # when it answers twice and the position stays where it was, then nothing is left; silence in between says nothing
    broker.answered_ms = 1_000
    assert not answers.nothing_more_at(tp, 5)
    assert not answers.nothing_more_at(tp, 5)
    broker.answered_ms = 1_500
    assert answers.nothing_more_at(tp, 5)
    # and a record, which moves the position, begins the count anew
    assert not answers.nothing_more_at(tp, 6)


async def test_a_cancellation_that_the_library_swallows_does_not_keep_it_from_ending(kafka: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a fetch that loses the first cancellation, as aiokafka does when a connection is being closed at that moment
    [topic, *_] = await make_topics(kafka, prefix="stubborn-")
    getmany, swallowed = AIOKafkaConsumer.getmany, asyncio.Event()

    async def stubborn(self: AIOKafkaConsumer, **options: int) -> object:
        try:
            return await getmany(self, **options)
        except asyncio.CancelledError:
            if swallowed.is_set():
                raise
            swallowed.set()
            return {}

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", stubborn)
    follower = Follower(kafka, topic, Seen().take)
    await follower.start()
    await follower.caught_up()
    # when it is told to stop, then it ends all the same
    async with asyncio.timeout(DEADLINE_S):
        await follower.stop()
    assert swallowed.is_set()
