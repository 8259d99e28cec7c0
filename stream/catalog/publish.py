"""Items to the catalogue's topic: whole, in order, each acknowledged."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import msgspec
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError  # type: ignore[import-untyped]

from stream.connection.clients import producer_of
from stream.connection.kafka import Broker
from stream.contracts.catalog import CatalogItem
from stream.contracts.topics import BY_NAME, CATALOG
from stream.errors import BrokerAway
from stream.transport.topics import partition_count

IN_FLIGHT = 1_000  # records sent and not yet acknowledged
LINGER_MS = 20
ENVELOPE_BYTES = 512  # what a record batch adds to key and value, generously


def too_large(item: CatalogItem) -> bool:
    """Tell whether the topic would not take the item."""
    return len(msgspec.json.encode(item)) + len(item.item_id.encode()) + ENVELOPE_BYTES > BY_NAME[CATALOG].max_message_bytes


async def publish(broker: Broker, items: Iterable[CatalogItem], *, topic: str = CATALOG) -> int:
    """Send the items under their ids and return how many; of two with one id the later stays.

    Raises:
        BrokerAway: when Kafka does not answer.
        TopicsDiffer: when the topic is missing.
    """
    return await _send(broker, topic, ((item.item_id, msgspec.json.encode(item)) for item in items))


async def withdraw(broker: Broker, item_ids: Iterable[str], *, topic: str = CATALOG) -> int:
    """Send a tombstone for each id and return how many. Raises as `publish`."""
    return await _send(broker, topic, ((item_id, None) for item_id in item_ids))


async def _send(broker: Broker, topic: str, records: Iterable[tuple[str, bytes | None]]) -> int:
    await partition_count(broker, topic)
    sent = 0
    async with _producer(broker) as producer:
        waiting: list[asyncio.Future[object]] = []
        for key, value in records:
            waiting.append(await producer.send(topic, value, key=key.encode()))
            sent += 1
            if len(waiting) == IN_FLIGHT:
                await asyncio.gather(*waiting)
                waiting.clear()
        await asyncio.gather(*waiting)
    return sent


@asynccontextmanager
async def _producer(broker: Broker) -> AsyncIterator[AIOKafkaProducer]:
    producer = producer_of(
        broker,
        acks="all",
        enable_idempotence=True,
        linger_ms=LINGER_MS,
        max_request_size=BY_NAME[CATALOG].max_message_bytes,
    )
    try:
        await producer.start()
        yield producer
    except (KafkaConnectionError, KafkaTimeoutError) as fault:
        raise BrokerAway(
            f"Kafka at {broker} does not answer: check that the broker runs, then import again; nothing is doubled."
        ) from fault
    except KafkaError as fault:
        raise BrokerAway(f"Kafka at {broker} refuses the records: {fault}; see the broker's log, then import again.") from fault
    finally:
        await producer.stop()
