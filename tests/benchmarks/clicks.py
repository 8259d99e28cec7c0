"""The clickstream that is measured with: public sessions of one week, from a folder that is not part of the product."""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaProducer

from stream.contracts.events import Event
from stream.contracts.topics import CART, CLICKSTREAM
from stream.engine.who import pseudonymiser
from stream.logs import read_events
from stream.transport.partitions import partition_of

CART_EVENTS = {"add_to_cart", "remove_from_cart", "view_cart", "begin_checkout", "add_payment_info", "purchase", "refund"}
SECRET = b"a secret for measuring"


def log_events(at_most: int) -> list[Event]:
    """Return the first events of the log that TSUIDE_BENCH_LOG names (JSON lines, .gz or .zst).

    Raises:
        FileNotFoundError: the variable names no file; the message says what to set.
    """
    path = Path(os.environ.get("BENCH_LOG", ""))
    if not path.is_file():
        raise FileNotFoundError("set BENCH_LOG to a clickstream in the shop's event contract (.jsonl, .gz or .zst)")
    return list(itertools.islice(read_events(path, pseudonymiser("k1", SECRET)), at_most))


class Sender:
    """Puts events on the topics, with explicit partitions and timestamps of our choice."""

    def __init__(self, producer: AIOKafkaProducer, partitions: int) -> None:
        self._producer, self._partitions = producer, partitions
        self.count = 0
        self._home: dict[str, int] = {}

    async def send(self, event: Event, timestamp_ms: int | None = None):
        """Queue one event; returns the future of its acknowledgement."""
        customer = event.customer or ""
        if customer not in self._home:
            self._home[customer] = partition_of(customer, self._partitions)
        name = type(event).__struct_config__.tag
        topic = CART if name in CART_EVENTS else CLICKSTREAM
        self.count += 1
        return await self._producer.send(
            topic,
            msgspec.json.encode(event),
            key=customer.encode(),
            partition=self._home[customer],
            timestamp_ms=timestamp_ms or time.time_ns() // 1_000_000,
        )


def endless(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the events again and again, as other customers with other event ids each time."""
    for turn in itertools.count():
        for event in events:
            customer = (event.customer or "")[:-4] + f"{turn:04x}"
            yield msgspec.structs.replace(event, event_id=f"{event.event_id}-{turn}", customer=customer)
