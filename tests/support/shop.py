"""A shop under load: a catalogue, customers, and every event that the broker acknowledged."""

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import msgspec
from aiokafka import AIOKafkaProducer

from stream.catalog.publish import publish
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import AddToCart, Event, Item, Purchase, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.topics import CONSENT, MEMORY, topic_of
from stream.engine.record import Outgoing
from stream.engine.who import pseudonym
from stream.errors import BrokerAway, TopicsDiffer
from stream.transport.partitions import partition_of
from stream.transport.producer import send_all
from tests.support.topics import PARTITIONS, make_topics
from tests.support.workers import SECRET

CART_SHARE = 0.2
START_S = 30


class Sent(NamedTuple):
    """One acknowledged event."""

    topic: str
    partition: int
    offset: int
    customer: str
    item: str
    kind: str

    @property
    def id(self) -> str:
        """The id of the suggestion that it causes."""
        return f"{self.topic}:{self.partition}:{self.offset}"


def now_ms() -> int:
    """Return the time of the events."""
    return time.time_ns() // 1_000_000


def customer_named(raw_id: str) -> str:
    """Return the pseudonym that the workers of a test would give."""
    return pseudonym(raw_id, "k1", SECRET.encode())


class Shop:
    """Sends events of `customers` customers about `items` items (fewer than a profile holds) and remembers them in `sent`."""

    def __init__(self, bootstrap: str, *, customers: int = 200, items: int = 60, partitions: int = PARTITIONS, seed: int = 1) -> None:
        self.bootstrap, self.partitions = bootstrap, partitions
        self.customers = [customer_named(f"customer {number}") for number in range(customers)]
        self.items = [f"item-{number}" for number in range(items)]
        self.sent: list[Sent] = []
        self.clock_off_ms = 0  # how far the clock of whoever makes the events is off
        self.hot_share = 0.0  # of the events, those of the first customer beside his own
        self._numbers = itertools.count()
        self._random = random.Random(seed)
        self._homes = {customer: partition_of(customer, partitions) for customer in self.customers}
        self._progress = asyncio.Condition()
        self._producer: Any = None

    async def open(self) -> None:
        """Make all topics anew, and put the catalogue and memories there."""
        await make_topics(self.bootstrap, partitions=self.partitions)
        await self._publish_catalog()
        await self.connect()
        await self.remember()

    async def remember(self) -> None:
        """Put memories into their topic that give a newcomer something popular to see."""
        for at, item in enumerate(self.items):
            seen = MemoryRecord(Origin("shop.before", 0, at), "k1:before", f"before-{at // 20}", "view_item", now_ms(), (Remembered(item),))
            await self._producer.send_and_wait(MEMORY, msgspec.json.encode(seen), partition=0)

    async def connect(self) -> None:
        """Begin to send, as a producer that the broker has not seen before."""
        await self.close()
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, acks="all", enable_idempotence=True, linger_ms=5, max_request_size=4 * 1_048_576
        )
        await self._producer.start()

    async def _publish_catalog(self) -> None:
        """Publish, as soon as a broker that has only just begun tells of the topic."""
        entries = [CatalogItem(item, item_name=f"Article {item}", price=1.0 + at) for at, item in enumerate(self.items)]
        async with asyncio.timeout(START_S):
            while True:
                with suppress(BrokerAway, TopicsDiffer):
                    await publish(self.bootstrap, entries)
                    return

    async def close(self) -> None:
        """Let go of the broker."""
        if self._producer is not None:
            await self._producer.stop()

    def home_of(self, customer: str) -> int:
        """Return the customer's partition number."""
        return self._homes.get(customer) or partition_of(customer, self.partitions)

    def an_event(self, customer: str, item: str, kind: type[Event] = ViewItem, **more: Any) -> Event:
        """Return an event of now with an id of its own."""
        fields = {
            "event_id": f"event-{next(self._numbers)}",
            "event_time_ms": now_ms() + self.clock_off_ms,
            "customer": customer,
            "session_id": f"s-{customer[-8:]}",
        }
        return kind(**fields | {"items": (Item(item, price=2.5),)} | more)  # type: ignore[arg-type]

    @asynccontextmanager
    async def trading(self, per_second: int = 300) -> AsyncIterator[None]:
        """Send random events, a fifth of them cart lines, while the block runs; at its end all of them are acknowledged."""
        over = asyncio.Event()
        trade = asyncio.create_task(self._trade(per_second, over))
        try:
            yield
        finally:
            over.set()
            await trade

    async def _trade(self, per_second: int, over: asyncio.Event) -> None:
        begun = time.monotonic()
        async with asyncio.TaskGroup() as sending:
            for number in itertools.count():
                if over.is_set():
                    return
                sending.create_task(self.tell(self.next_event()))
                await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))

    def next_event(self) -> Event:
        """Return what somebody does next."""
        kind = AddToCart if self._random.random() < CART_SHARE else ViewItem
        who = self.customers[0] if self._random.random() < self.hot_share else self._random.choice(self.customers)
        return self.an_event(who, self._random.choice(self.items), kind)

    async def tell(self, event: Event, *, customer: str | None = None, at: int | None = None) -> Sent:
        """Send one event to where its customer lives, or to partition `at`; returns once it is acknowledged.

        `customer`: whose it is, where the event says it by a raw id.
        """
        whose, topic = customer or str(event.customer), topic_of(name_of(event))
        key = str(event.customer or event.user_id).encode()
        written = await self.put(topic, self.home_of(whose) if at is None else at, msgspec.json.encode(event), key=key)
        sent = Sent(topic, written.partition, written.offset, whose, event.items[0].item_id, name_of(event))
        self.sent.append(sent)
        async with self._progress:
            self._progress.notify_all()
        return sent

    async def buy(self, customer: str, items: Sequence[str]) -> Sent:
        """Send an order."""
        lines = tuple(Item(item, price=2.5) for item in items)
        return await self.tell(self.an_event(customer, items[0], Purchase, transaction_id=f"order-{next(self._numbers)}", items=lines))

    async def put(
        self, topic: str, partition: int, value: bytes | None, *, key: bytes | None = None, headers: Sequence[tuple[str, bytes | None]] = ()
    ) -> Any:
        """Send any bytes; returns where they stand."""
        if key is None and value is None:  # aiokafka sends such a record in a batch only
            batch = self._producer.create_batch()
            batch.append(key=key, value=value, timestamp=now_ms(), headers=list(headers))
            waiting = await self._producer.send_batch(batch, topic, partition=partition)
        else:
            waiting = await self._producer.send(topic, value, key=key, partition=partition, headers=list(headers))
        return await waiting

    async def put_all(self, topic: str, partition: int, values: Iterable[bytes]) -> None:
        """Send these bytes one behind the other, without keys; returns once all are acknowledged."""
        await send_all(self._producer, [Outgoing(topic, partition, None, value, now_ms(), ()) for value in values])

    async def choose(self, customer: str, choice: str) -> Any:
        """Send a customer's will."""
        value = msgspec.json.encode(
            {"event_id": f"event-{next(self._numbers)}", "event_time_ms": now_ms(), "customer": customer, "choice": choice}
        )
        return await self.put(CONSENT, self.home_of(customer), value, key=customer.encode())

    async def has_sent(self, more: int, *, within_s: float = 60) -> None:
        """Return once this many more events than now are acknowledged."""
        count = len(self.sent) + more
        async with asyncio.timeout(within_s), self._progress:
            await self._progress.wait_for(lambda: len(self.sent) >= count)

    def expected(self) -> dict[str, Counter[tuple[str, str]]]:
        """Return how often each customer did what with which item: {customer: {(kind, item): times}}."""
        counts: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for one in self.sent:
            counts[one.customer][one.kind, one.item] += 1
        return dict(counts)
