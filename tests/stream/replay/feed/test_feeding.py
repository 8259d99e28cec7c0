"""A log into topics of a real Kafka: what is written, in which order, and how far it came."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from stream.contracts.topics import CART, CATALOG, CLICKSTREAM, CONSENT, SUGGESTIONS
from stream.engine.record import Record, TopicPartition
from stream.errors import BrokerAway
from stream.replay.feed.feeding import Fed, Feeding, Manner
from stream.replay.feed.marks import Mark, OtherReplay, come_to
from stream.replay.feed.pace import Pace
from stream.transport.producer import SETTINGS
from tests.support.counting import read_topic
from tests.support.servers import KafkaBroker, make_topics
from tests.support.shop import now_ms

LONG_AGO, CHOICES, AT_ONCE = 1_600_000_000_000, "0badcafe", Pace(None, None)
APART = Manner("one", CHOICES, 4, is_live=False, answered=True)


def a_record(topic: str, partition: int, offset: int, *, headers: tuple[tuple[str, bytes | None], ...] = ()) -> Record:
    return Record(topic, partition, offset, LONG_AGO + 1_000 * offset, b"key", f"{offset}".encode(), headers)


LOG = [a_record(topic, number % 4, number // 4) for number, topic in enumerate((CLICKSTREAM, CART, CONSENT, CLICKSTREAM) * 10)]


async def coming(records: Sequence[Record]) -> AsyncIterator[Record]:
    for record in records:
        yield record


async def fed(kafka: str, records: Sequence[Record], manner: Manner = APART, there: dict[TopicPartition, str] | None = None) -> Fed:
    async with AIOKafkaProducer(bootstrap_servers=kafka, **SETTINGS) as producer:
        return await Feeding(producer, manner, there or {}, AT_ONCE, stop=asyncio.Event()).of(coming(records))


async def headers_in(kafka: str, topic: str) -> list[dict[str, bytes]]:
    return [dict(record.headers) for record in await read_topic(kafka, topic)]


async def test_apart_a_record_keeps_its_partition_time_and_headers_and_says_where_it_stood(kafka: str):
    await make_topics(kafka)
    first = a_record(CART, 2, 7, headers=(("traceparent", b"t"), ("answer", b"never"), ("replay", b"old/0 x:0:0")))
    again = a_record(CART, 2, 8, headers=(("origin", f"{CART}:2:3".encode()),))
    done = await fed(kafka, [first, again, a_record(SUGGESTIONS, 0, 0), a_record(CATALOG, 0, 0)])
    assert (done.records, done.passed_over, done.first_ms, done.clock_ms) == (3, 1, first.timestamp_ms, again.timestamp_ms)
    one, two = await read_topic(kafka, CART)
    assert (one.partition, one.timestamp, one.key, one.value) == (2, first.timestamp_ms, b"key", b"7")
    assert one.headers == (
        ("traceparent", b"t"),
        ("replay", f"one/{CHOICES} {CART}:2:7".encode()),
        ("origin", f"{CART}:2:7".encode()),
        ("answer", b"always"),
    )
    assert dict(two.headers)["origin"] == f"{CART}:2:3".encode()
    [goods] = await headers_in(kafka, CATALOG)
    assert "origin" not in goods


async def test_among_the_shops_own_a_record_counts_as_written_now_and_only_a_young_one_is_answered(kafka: str):
    await make_topics(kafka)
    young = Record(CART, 1, 1, now_ms() - 60_000, b"key", b"young")
    live = Manner("one", CHOICES, 4, is_live=True, answered=True)
    done = await fed(kafka, [a_record(CART, 1, 0), young, a_record(CATALOG, 0, 0)], live)
    assert (done.records, done.passed_over) == (2, 1)
    old, new = await read_topic(kafka, CART)
    assert abs(old.timestamp - now_ms()) < 60_000
    assert (dict(old.headers)["answer"], "answer" in dict(new.headers)) == (b"never", False)
    assert all("origin" not in dict(record.headers) for record in (old, new))
    # and of a backfill none
    await fed(kafka, [young], Manner("two", CHOICES, 4, is_live=True, answered=False))
    assert (await headers_in(kafka, CART))[-1]["answer"] == b"never"


async def test_what_came_after_the_seam_is_left_out_and_what_an_earlier_run_fed_beyond_it_is_no_reason_to_refuse(kafka: str):
    await make_topics(kafka)
    live = Manner("one", CHOICES, 4, is_live=True, answered=False)
    await fed(kafka, LOG[:24], live)
    # when the shop's own events have begun before what was fed last
    until_ms = LOG[12].timestamp_ms
    there = await come_to(kafka, "one", CHOICES, 4)
    done = await fed(kafka, LOG, msgspec.structs.replace(live, until_ms=until_ms), there)
    # then nothing more is fed, and nothing is refused
    assert (done.records, done.there, done.later) == (0, 24, len(LOG) - 24)
    await make_topics(kafka)
    done = await fed(kafka, LOG, msgspec.structs.replace(live, until_ms=until_ms))
    assert (done.records, done.later) == (sum(one.timestamp_ms < until_ms for one in LOG), sum(one.timestamp_ms >= until_ms for one in LOG))


async def test_it_goes_on_where_it_ended_and_feeds_nothing_twice_wherever_that_was(kafka: str):
    for cut in (1, 13, len(LOG) - 1):
        await make_topics(kafka)
        await fed(kafka, LOG[:cut])
        there = await come_to(kafka, "one", CHOICES, 4)
        done = await fed(kafka, LOG, there=there)
        assert (done.records, done.there) == (len(LOG) - cut, cut)
        for topic, number in itertools.product((CLICKSTREAM, CART, CONSENT), range(4)):
            values = [record.value for record in await read_topic(kafka, topic) if record.partition == number]
            assert values == [record.value for record in LOG if (record.topic, record.partition) == (topic, number)]


async def test_how_far_it_came_is_found_behind_what_others_have_written_since(kafka: str):
    await make_topics(kafka)
    await fed(kafka, LOG)
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        own = [("replay", Mark("one", CHOICES, f"{CART}:3:99").header)]  # passed on by a worker: it stands elsewhere than it says
        await asyncio.gather(*[await producer.send(CART, b"{}", partition=1) for _ in range(100)])
        await producer.send_and_wait(CART, b"{}", partition=1, headers=own)
    await fed(kafka, [a_record(CART, 1, 0)], Manner("another", CHOICES, 4, is_live=True, answered=True))
    assert (await come_to(kafka, "one", CHOICES, 4))[TopicPartition(CART, 1)] == LOG[-3].address
    assert await come_to(kafka, "none", CHOICES, 4) == {}


async def test_other_choices_or_another_log_are_no_way_to_go_on(kafka: str):
    await make_topics(kafka)
    await fed(kafka, LOG[:8])
    with pytest.raises(OtherReplay, match="--from"):
        await come_to(kafka, "one", "00000000", 4)
    there = await come_to(kafka, "one", CHOICES, 4)
    with pytest.raises(OtherReplay, match="is not in this log"):
        await fed(kafka, [a_record(CART, 1, 50)], there=there)
    assert len(await read_topic(kafka, CART)) == 2


async def test_told_to_stop_it_ends_between_two_records_and_all_that_it_took_is_there(kafka: str):
    await make_topics(kafka)
    async with AIOKafkaProducer(bootstrap_servers=kafka, **SETTINGS) as producer:
        some, stop = asyncio.Event(), asyncio.Event()
        pace = Pace(1.0, None)  # of records a second apart
        feeding = Feeding(producer, APART, {}, pace, stop=stop, progress=lambda fed: some.set() if fed.records >= 8 else None)
        running = asyncio.create_task(feeding.of(coming(LOG)))
        async with asyncio.timeout(30):
            await some.wait()
            stop.set()
            done = await running
    found = [record for topic in (CLICKSTREAM, CART, CONSENT) for record in await read_topic(kafka, topic)]
    assert 8 <= done.records == len(found) < len(LOG)


async def test_a_broker_that_is_away_for_a_moment_is_waited_for(kafka_broker, monkeypatch: pytest.MonkeyPatch):
    broker: KafkaBroker = kafka_broker()
    await make_topics(broker.bootstrap)
    monkeypatch.setattr("stream.replay.feed.feeding.AWAY_S", 5.0)
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap, **SETTINGS, request_timeout_ms=1_000) as producer:
        feeding = Feeding(producer, APART, {}, AT_ONCE, stop=asyncio.Event())
        await feeding.of(coming(LOG[:4]))
        await asyncio.to_thread(broker.kill9)
        with pytest.raises(BrokerAway, match="has taken nothing"):
            await Feeding(producer, APART, {}, AT_ONCE, stop=asyncio.Event()).of(coming(LOG[4:8]))
        await asyncio.to_thread(broker.start)
        await Feeding(producer, APART, {}, AT_ONCE, stop=asyncio.Event()).of(coming(LOG[8:12]))
    assert {record.value for record in await read_topic(broker.bootstrap, CART)} >= {b"0", b"2"}
