import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as KafkaPartition

from stream.archive.export import Exported, export
from stream.archive.topics import Looking, open_topics
from stream.archive.wanted import Wanted
from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, INPUTS
from stream.engine.record import Record, TopicPartition
from stream.errors import BrokerAway, TopicsDiffer
from stream.transport.handler import record_of
from tests.stream.archive.records import WHO, T, read
from tests.support.servers import KafkaBroker, make_topics

ANA, BO = WHO("ana"), WHO("bo")
DEADLINE_S = 60


def nobody(done: int, of: int) -> None:
    """Tell nobody."""


async def send(bootstrap: str, records: Sequence[Record], *, prefix: str = "") -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for r in records:
            await producer.send_and_wait(
                prefix + r.topic, r.value, r.key, partition=r.partition, timestamp_ms=r.timestamp_ms, headers=list(r.headers)
            )


async def held(bootstrap: str, topics: Sequence[str]) -> list[Record]:
    """Return what the topics hold, read by a consumer of the library's own, partition by partition."""
    found = []
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest") as consumer:
        for tp in [KafkaPartition(topic, number) for topic in topics for number in range(4)]:
            consumer.assign([tp])
            consumer.seek(tp, 0)
            end = (await consumer.end_offsets([tp]))[tp]
            while await consumer.position(tp) < end:
                found += [record_of(one) for one in (await consumer.getmany(tp, timeout_ms=500)).get(tp, ())]
    return found


async def all_of(bootstrap: str, topics: Sequence[str], how: Looking | None = None) -> list[Record]:
    async with asyncio.timeout(DEADLINE_S), open_topics(bootstrap, topics, how) as log:
        records = [record async for record in log]
        assert log.done == log.total
        return records


def record(topic: str, partition: int, ms: int, *, key: bytes | None = b"k", value: bytes | None = b"{}", **more: object) -> Record:
    return Record(topic, partition, 0, T + ms, key, value, **more)  # type: ignore[arg-type]


SENT = [
    record(CLICKSTREAM, 0, 30, value=b'{"event": "view_item", "name": "\xc3\xa9"}', headers=(("origin", b"a:0:1"), ("raw", b"\xff\x00"))),
    record(CART, 0, 10, key=None),
    record(CART, 1, 20, value=None),
    record(CART, 1, 40, key=b"\xff\xfe", value=b"\x00\x80"),
    record(CLICKSTREAM, 0, 5, value=b""),
    record(CLICKSTREAM, 3, 30),
    record(CONSENT, 2, 50, key=b""),
]


async def test_what_is_exported_and_read_back_is_what_the_topics_hold(kafka: str, tmp_path: Path) -> None:
    # given records of all three inputs with every kind of bytes, one of them late in its partition
    await make_topics(kafka)
    await send(kafka, SENT)
    out, told = tmp_path / "out.jsonl.zst", []
    # when they are exported
    report = await export(kafka, INPUTS, out, Wanted(), progress=lambda done, of: told.append((done, of)))
    # then the file says what the topics hold, byte for byte
    records = read(out)
    holds = await held(kafka, INPUTS)
    assert sorted(records, key=repr) == sorted(holds, key=repr)
    assert len(records) == len(SENT)
    # and the same as a Parquet file
    await export(kafka, INPUTS, tmp_path / "out.parquet", Wanted(), progress=nobody)
    assert read(tmp_path / "out.parquet") == records
    # and in the order of time, the late one (5 ms) right after its forerunner (30 ms)
    assert [(r.topic, r.partition, r.timestamp_ms - T) for r in records] == [
        (CART, 0, 10),
        (CART, 1, 20),
        (CLICKSTREAM, 0, 30),
        (CLICKSTREAM, 0, 5),
        (CLICKSTREAM, 3, 30),
        (CART, 1, 40),
        (CONSENT, 2, 50),
    ]
    assert report == Exported(7, {CLICKSTREAM: 3, CART: 3, CONSENT: 1}, report.bytes, T + 5, T + 50)
    assert told[-1] == (7, 7)


async def test_many_records_are_merged_across_partitions_and_fetches(kafka: str) -> None:
    # given 3,000 records of 1 KiB over four partitions, many times what one fetch brings
    await make_topics(kafka, prefix="many-", only={CART})
    async with AIOKafkaProducer(bootstrap_servers=kafka, linger_ms=5) as producer:
        for n in range(3_000):
            await producer.send(f"many-{CART}", bytes(1_024), partition=n * 7 % 4, timestamp_ms=T + n)
    records = await all_of(kafka, [f"many-{CART}"])
    assert [r.timestamp_ms - T for r in records] == list(range(3_000))


async def test_time_range_and_customers_choose(kafka: str, tmp_path: Path) -> None:
    # given records of ana by key, of ana by the pseudonym or a raw id in the value, and of bo
    await make_topics(kafka, prefix="chosen-")
    by_key, said = ANA.encode(), f'{{"customer": "{ANA}"}}'.encode()
    values = [(by_key, b"1"), (None, said), (None, b'{"user_id": "ana"}'), (BO.encode(), b'{"client_id": "bo"}'), (by_key, b"5")]
    await send(kafka, [record(CART, n % 2, n, key=key, value=value) for n, (key, value) in enumerate(values)], prefix="chosen-")

    async def chosen(wanted: Wanted) -> list[int]:
        await export(kafka, [f"chosen-{CART}"], tmp_path / "out.jsonl", wanted, progress=nobody)
        return [r.timestamp_ms - T for r in read(tmp_path / "out.jsonl")]

    assert await chosen(Wanted(customers=frozenset({ANA}), pseudonymise=WHO)) == [0, 1, 2, 4]
    assert await chosen(Wanted(customers=frozenset({ANA}))) == [0, 1, 4]  # without the secret a raw id is nobody's
    assert await chosen(Wanted(customers=frozenset({ANA, BO}), pseudonymise=WHO, from_ms=T + 1, to_ms=T + 4)) == [1, 2, 3]
    assert await chosen(Wanted(from_ms=T + 100)) == []


async def test_a_late_record_behind_one_that_is_not_wanted_stands_where_it_belongs(kafka: str, tmp_path: Path) -> None:
    # given a record of ana (5 ms) that came after one of bo (30 ms), and one of ana elsewhere (10 ms)
    await make_topics(kafka, prefix="late-", only={CART})
    sent = [record(CART, 0, 30, key=BO.encode()), record(CART, 0, 5, key=ANA.encode()), record(CART, 1, 10, key=ANA.encode())]
    await send(kafka, sent, prefix="late-")
    for wanted in (Wanted(customers=frozenset({ANA})), Wanted(to_ms=T + 30)):
        # when only ana is exported, or only what lies before bo, then the file is in order by itself
        await export(kafka, [f"late-{CART}"], tmp_path / "out.jsonl", wanted, progress=nobody)
        assert [r.timestamp_ms - T for r in read(tmp_path / "out.jsonl")] == [5, 10]


async def test_it_begins_at_offsets_or_a_time_and_ends_where_the_topics_ended(kafka: str) -> None:
    await make_topics(kafka, prefix="from-", only={CART})
    topic = f"from-{CART}"
    await send(kafka, [record(CART, n % 2, n) for n in range(10)], prefix="from-")
    # partition 0 holds 0, 2, 4, 6, 8 and partition 1 holds 1, 3, 5, 7, 9
    assert [r.timestamp_ms - T for r in await all_of(kafka, [topic], Looking(since_ms=T + 7))] == [7, 8, 9]
    offsets = {TopicPartition(topic, 0): 3, TopicPartition(topic, 1): 5}
    assert [r.timestamp_ms - T for r in await all_of(kafka, [topic], Looking(offsets=offsets))] == [6, 8]
    # and what comes after the beginning is not read
    async with asyncio.timeout(DEADLINE_S), open_topics(kafka, [topic]) as log:
        await send(kafka, [record(CART, 0, 99)], prefix="from-")
        assert [r.timestamp_ms - T async for r in log] == list(range(10))


async def test_what_was_never_committed_is_not_read_and_markers_do_not_hold_it_up(kafka: str) -> None:
    await make_topics(kafka, prefix="transactions-", only={CART})
    topic = f"transactions-{CART}"
    async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id="archive") as producer:
        for value, keep in ((b"kept", True), (b"aborted", False)):
            await producer.begin_transaction()
            for partition in range(4):
                await producer.send_and_wait(topic, value, partition=partition, timestamp_ms=T)
            await (producer.commit_transaction() if keep else producer.abort_transaction())
    assert [(r.partition, r.value) for r in await all_of(kafka, [topic])] == [(partition, b"kept") for partition in range(4)]


async def test_a_topic_that_is_not_there_is_named(kafka: str) -> None:
    with pytest.raises(TopicsDiffer, match=r"no topic shop\.nothing"):
        await all_of(kafka, ["shop.nothing"])


async def test_a_broker_that_dies_on_the_way_ends_the_reading(kafka_broker: Callable[[], KafkaBroker]) -> None:
    # given a broker that is killed when the topics are open, and two seconds of patience
    broker = kafka_broker()
    await make_topics(broker.bootstrap, only={CART})
    await send(broker.bootstrap, [record(CART, 0, 1), record(CART, 1, 2)])

    async def read_on() -> None:
        async with asyncio.timeout(DEADLINE_S), open_topics(broker.bootstrap, [CART], Looking(away_s=2.0)) as log:
            await asyncio.to_thread(broker.kill9)
            async for _ in log:
                pass

    with pytest.raises(BrokerAway, match=r"has not answered for 2 s: check KAFKA_BOOTSTRAP_SERVERS"):
        await read_on()


async def test_a_reading_begins_earlier_where_that_is_asked_for_and_leaves_other_partitions_out(kafka: str) -> None:
    # given five records of each of two partitions, a second apart
    await make_topics(kafka)
    await send(kafka, [record(CART, number, 1_000 * at) for at in range(5) for number in (0, 1)])
    # when one begins at the third second, one record earlier, and is read of one partition alone
    how = Looking(since_ms=T + 3_000, earlier={CART: 1}, only={CART: (1,)})
    assert [(one.partition, one.offset) for one in await all_of(kafka, (CART,), how)] == [(1, 2), (1, 3), (1, 4)]
    # and one cannot begin before the beginning
    assert len(await all_of(kafka, (CART,), Looking(since_ms=T, earlier={CART: 100}))) == 10
