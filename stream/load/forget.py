"""A load's customers forgotten again: their profiles, and what the shared memory holds of them."""

import asyncio
import time
from collections.abc import Iterable

import msgspec
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]

from stream.contracts.consent import Consent
from stream.contracts.topics import CONSENT
from stream.load.target import Target
from stream.transport.partitions import partition_of


async def forget(producer: AIOKafkaProducer, target: Target, customers: Iterable[str], *, run: str) -> int:
    """Send `forget` for every customer and return how many; each stays as a record of 200 bytes in the topic of wills."""
    acknowledgements = []
    for number, customer in enumerate(customers):
        now_ms = time.time_ns() // 1_000_000
        will = Consent(event_id=f"load-{run}-forget-{number}", event_time_ms=now_ms, customer=customer, choice="forget")
        at = partition_of(customer, target.partitions)
        acknowledgements.append(await producer.send(CONSENT, msgspec.json.encode(will), key=customer.encode(), partition=at))
    await asyncio.gather(*acknowledgements)
    return len(acknowledgements)
