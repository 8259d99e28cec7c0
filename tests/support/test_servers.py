from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeout

from stream.contracts.topics import BY_NAME, CATALOG, CLICKSTREAM, DEAD_LETTERS
from tests.support.servers import KafkaBroker, RedisServer, make_topics


async def test_what_redis_was_told_survives_a_kill(redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    async with Redis.from_url(server.url) as client:
        await client.set("tea", "kettle")
    server.restart()
    async with Redis.from_url(server.url) as client:
        assert await client.get("tea") == b"kettle"


async def test_a_cut_file_loses_the_newest_write_and_keeps_the_older(redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    async with Redis.from_url(server.url) as client:
        await client.set("old", "1")
        before = server.aof.stat().st_size
        await client.set("new", "1")
    server.kill9()
    # the last write is more than one byte long, so a cut of one byte makes it unreadable, whole
    assert server.aof.stat().st_size > before
    server.truncate_aof(1)
    server.start()
    async with Redis.from_url(server.url) as client:
        assert await client.mget("old", "new") == [b"1", None]


async def test_a_paused_redis_answers_nobody_until_it_is_resumed(redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    async with Redis.from_url(server.url, socket_timeout=0.2, retry=None) as client:
        server.pause()
        with pytest.raises(RedisTimeout):
            await client.ping()
        server.resume()
        assert await client.ping()


def test_a_paused_server_can_be_terminated(redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    server.pause()
    server.terminate()
    assert not server.running


async def test_redis_never_evicts(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as client:
        assert await client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


async def test_every_topic_is_made_as_the_table_says(kafka: str) -> None:
    names = await make_topics(kafka, partitions=3, prefix="made-")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        described = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics(names)}
        resource = ConfigResource(ConfigResourceType.TOPIC, f"made-{CATALOG}")
        [answer] = await admin.describe_configs([resource])
    finally:
        await admin.close()
    assert described == {f"made-{name}": topic.partitions or 3 for name, topic in BY_NAME.items()}
    settings = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    assert settings["cleanup.policy"] == "compact"


async def test_topics_made_again_are_empty_and_take_records_at_once(kafka: str) -> None:
    topic = f"again-{CLICKSTREAM}"
    for _ in range(10):  # deleting and creating race inside the broker: once is luck
        await make_topics(kafka, prefix="again-")
        async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
            written = [await producer.send_and_wait(topic, b"{}", partition=partition) for partition in range(4)]
        assert [record.offset for record in written] == [0, 0, 0, 0]


async def test_a_dead_letter_as_large_as_its_topic_allows_is_taken(kafka: str) -> None:
    await make_topics(kafka, prefix="large-")
    letter = bytes(BY_NAME[DEAD_LETTERS].max_message_bytes - 1_000)  # room for the batch's own header
    async with AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=2 * len(letter)) as producer:
        written = await producer.send_and_wait(f"large-{DEAD_LETTERS}", letter, partition=0)
    assert written.offset == 0


async def test_what_kafka_acknowledged_survives_a_kill(kafka_broker: Callable[[], KafkaBroker]) -> None:
    broker = kafka_broker()
    await make_topics(broker.bootstrap)
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        await producer.send_and_wait(CLICKSTREAM, b"tea", partition=1)
    broker.restart()
    async with AIOKafkaConsumer(CLICKSTREAM, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest") as consumer:
        assert (await consumer.getone()).value == b"tea"
