"""Sending: idempotent, acknowledged by all replicas, in batches that name their partition."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from faust.transport.drivers import aiokafka as driver

from stream.connection.clients import suffixed_producer
from stream.contracts.topics import LETTER_BYTES
from stream.engine.patience import Away
from stream.engine.record import Outgoing, TopicPartition

BATCH_BYTES = 512 * 1024
REQUEST_BYTES = LETTER_BYTES + 1024 * 1024
SETTINGS: Mapping[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "max_batch_size": BATCH_BYTES,
    "max_request_size": REQUEST_BYTES,
    "linger_ms": 0,
}


class AcknowledgedProducer(driver.Producer):
    """Faust's producer with our settings, whatever the app says."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return SETTINGS

    def _new_producer(self, transactional_id: str | None = None) -> AIOKafkaProducer:
        """Return a producer that puts on what the app's topics end in."""
        app: Any = self.app
        settings = {**self._settings_default(), **self._settings_auth(), **self._settings_extra()}
        return suffixed_producer(app.suffix, **settings, transactional_id=transactional_id)


async def send_all(producer: AIOKafkaProducer, outgoing: Sequence[Outgoing]) -> None:
    """Send these records, in order within a partition, and wait for every acknowledgement.

    Half the CPU of sending them one by one, because a batch is built once and its future is one.

    Raises:
        Away: the broker did not acknowledge in time or is not there; send the same again.
        KafkaError: it refuses for good, e.g. a record larger than the topic takes.
    """
    by_partition: defaultdict[TopicPartition, list[Outgoing]] = defaultdict(list)
    for record in outgoing:
        by_partition[TopicPartition(record.topic, record.partition)].append(record)
    try:
        sent = [await producer.send_batch(batch, at.topic, partition=at.partition) for at, batch in _batches(producer, by_partition)]
        await asyncio.gather(*sent)
    except KafkaError as error:
        if error.retriable:
            raise Away(f"{type(error).__name__}: {error}") from error
        raise


def _batches(producer: AIOKafkaProducer, by_partition: Mapping[TopicPartition, list[Outgoing]]) -> list[tuple[TopicPartition, Any]]:
    batches = []
    for at, records in by_partition.items():
        batch = producer.create_batch()
        for record in records:
            if _append(batch, record) is None:
                batches.append((at, batch))
                batch = producer.create_batch()
                _append(batch, record)
        batches.append((at, batch))
    return batches


def _append(batch: Any, record: Outgoing) -> Any:
    return batch.append(key=record.key, value=record.value, timestamp=record.timestamp_ms, headers=list(record.headers))
