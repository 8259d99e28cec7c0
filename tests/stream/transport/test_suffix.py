"""A set of topics whose names end in a suffix on the broker, and not for who works them."""

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition

from stream.archive.topics import Looking, open_topics
from stream.connection.clients import consumer_of, producer_of
from stream.connection.kafka import Kafka
from stream.contracts.topics import CART, INPUTS, TOPICS
from stream.engine.record import Outgoing, TopicPartition
from stream.transport.groups import find_group
from stream.transport.producer import SETTINGS, send_all
from stream.transport.topics import admin_of, check, create, find
from tests.support.counting import read_topic
from tests.support.servers import make_topics

SUFFIX = ".beside"


async def removed(at: Kafka) -> None:
    async with admin_of(at) as admin:
        await admin.delete_topics([topic.name for topic in TOPICS])


async def test_topics_are_made_and_found_by_their_plain_names_and_the_live_ones_are_others(kafka: str):
    await make_topics(kafka)
    beside = Kafka(kafka, suffix=SUFFIX + "1")
    assert await find(beside, list(INPUTS)) == {}
    assert sorted(await create(beside, 3)) == sorted(topic.name for topic in TOPICS)
    try:
        assert await check(beside, 3) == []
        assert {name: one.partitions for name, one in (await find(beside, list(INPUTS))).items()} == dict.fromkeys(INPUTS, 3)
        async with AIOKafkaConsumer(bootstrap_servers=kafka) as plain:
            assert {topic.name + SUFFIX + "1" for topic in TOPICS} <= await plain.topics()
    finally:
        await removed(beside)


async def test_what_is_sent_is_read_by_its_plain_name_and_lies_beside(kafka: str):
    await make_topics(kafka)
    beside, at = Kafka(kafka, suffix=SUFFIX + "2"), KafkaPartition(CART, 1)
    await create(beside, 3)
    try:
        async with producer_of(beside, **SETTINGS) as producer:
            stands = await (await producer.send(CART, b"one", key=b"k", partition=1, timestamp_ms=5))
            assert (stands.topic, stands.partition, stands.offset) == (CART, 1, 0)
            await send_all(producer, [Outgoing(CART, 1, b"k", b"two", 6)])
        async with open_topics(beside, [CART], Looking(since_ms=6)) as log:
            assert [(record.address, record.value) async for record in log] == [(f"{CART}:1:1", b"two")]
        async with consumer_of(beside, group_id="suffixed", enable_auto_commit=False) as consumer:
            consumer.assign([at])
            assert consumer.assignment() == {at}
            assert (await consumer.beginning_offsets([at]), await consumer.end_offsets([at])) == ({at: 0}, {at: 2})
            consumer.seek(at, 0)
            assert (await consumer.getone(at)).value == b"one"
            [fetched] = (await consumer.getmany(at, timeout_ms=5_000))[at]
            assert (fetched.topic, fetched.value, await consumer.position(at)) == (CART, b"two", 2)
            assert consumer.highwater(at) == 2
            assert consumer.last_poll_timestamp(at) is not None
            await consumer.commit({at: 2})
        async with admin_of(beside) as admin:
            assert (await find_group(admin, "suffixed")).committed == {TopicPartition(CART, 1): 2}
        assert await read_topic(kafka, CART) == []
        assert len(await read_topic(kafka, CART + beside.suffix)) == 2
    finally:
        await removed(beside)
