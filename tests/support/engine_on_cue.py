"""An engine without Kafka, on a store and a broker that fail when a test says so."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from features.profile import EMPTY
from features.store.memory import MemoryStore
from features.store.port import Commit, Fence, Partition, Store
from online_models.policy.policy import Policy
from stream.contracts.events import Event, Item, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, topic_of
from stream.engine.caches import Caches
from stream.engine.engine import Engine
from stream.engine.knowledge import Knowledge
from stream.engine.patience import Away
from stream.engine.positions import Offsets
from stream.engine.record import Outgoing, Record, TopicPartition
from stream.engine.who import pseudonymiser
from stream.transport.partitions import partition_of

NOW_MS = 1_763_780_000_000
PARTITIONS = 2
ANA = "k1:" + 64 * "a"
HOME = partition_of(ANA, PARTITIONS)
CLICKS, CARTS, WISHES = (TopicPartition(topic, HOME) for topic in (CLICKSTREAM, CART, CONSENT))
SPEAKS = Policy.of(b"always_speak = true\nquiet_first_view = false\n[accessories]\ntriggers = ['view_item', 'add_to_cart']", name="test")
DEADLINE_S = 10.0


class Broker:
    """Keeps what is sent, once it `takes` it; refuses `refusals` times first, or for good where it `refuses`."""

    def __init__(self, *, refusals: int = 0) -> None:
        self.sent: list[Outgoing] = []
        self.attempts: list[list[Outgoing]] = []
        self.refusals = refusals
        self.refuses: Exception | None = None
        self.takes = asyncio.Event()
        self.takes.set()

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        self.attempts.append(list(outgoing))
        if len(self.attempts) <= self.refusals:
            raise Away("the broker is away")
        if self.refuses is not None:
            raise self.refuses
        await self.takes.wait()
        self.sent += outgoing

    def of(self, topic: str) -> list[Outgoing]:
        return [one for one in self.sent if one.topic == topic]


class Cut(Exception):
    """The process ends here."""


class FailingStore(MemoryStore):
    """A memory store whose commits and clearings fail as the test says: a function called before, and one called after."""

    def __init__(self) -> None:
        super().__init__()
        self.before_commit: list[Callable[[], None]] = []
        self.after_commit: list[Callable[[], None]] = []
        self.before_clear: list[Callable[[], None]] = []
        self.before_read: list[Callable[[], None]] = []

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        _next(self.before_read)
        return await super().read(wanted)

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        _next(self.before_commit)
        refused = await super().commit(commits)
        _next(self.after_commit)
        return refused

    async def clear_outbox(self, fences: Mapping[int, Fence]) -> None:
        _next(self.before_clear)
        await super().clear_outbox(fences)


def _next(scripted: list[Callable[[], None]]) -> None:
    if scripted:
        scripted.pop(0)()


def raises(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def an_engine(store: Store, broker: Broker, *, chunk_records: int = 500, known: Knowledge | None = None) -> Engine:
    return Engine(
        store=store,
        send=broker.send,
        knowledge=known or knowledge(),
        pseudonymise=pseudonymiser("k1", b"a secret of the test"),
        partition_of=lambda customer: partition_of(customer, PARTITIONS),
        caches=Caches(100),
        chunk_records=chunk_records,
        wall_ms=lambda: NOW_MS,
    )


def knowledge() -> Knowledge:
    known = Knowledge(SPEAKS)
    for offset, item in enumerate(("tea", "kettle", "cup", "tray")):
        seen = MemoryRecord(Origin("before", 0, offset), "k1:before", "before", "view_item", NOW_MS, (Remembered(item),))
        known.memory.take_in(seen)
    return known


async def standing(store: Store, broker: Broker, **options: Any) -> Engine:
    """Return an engine that owns both topics of every partition, from the beginning of their logs."""
    engine = an_engine(store, broker, **options)
    await engine.assign({TopicPartition(topic, number): 0 for topic in (CLICKSTREAM, CART, CONSENT) for number in range(PARTITIONS)})
    return engine


def an_event(number: int, item: str = "tea", kind: type[Event] = ViewItem, *, at_ms: int | None = None, customer: str = ANA) -> Event:
    return kind(
        event_id=f"e{number}",
        event_time_ms=NOW_MS + number if at_ms is None else at_ms,
        customer=customer,
        session_id="s",
        items=(Item(item, price=2.0),),  # type: ignore[call-arg]
    )


def fetched(*events: Event | bytes, first: int = 0, partition: int = HOME) -> dict[TopicPartition, list[Record]]:
    """Return events as a fetch: offsets from `first` on in each topic; bytes lie in the clickstream as they are."""
    batch: dict[TopicPartition, list[Record]] = {}
    for event in events:
        at = TopicPartition(CLICKSTREAM if isinstance(event, bytes) else topic_of(name_of(event)), partition)
        records = batch.setdefault(at, [])
        value = event if isinstance(event, bytes) else msgspec.json.encode(event)
        records.append(Record(*at, first + len(records), NOW_MS, None, value))
    return batch


async def worked(engine: Engine, fetch: Mapping[TopicPartition, Sequence[Record]]) -> Offsets:
    """Work a fetch after which nothing comes, as a runner does; returns where to seek."""
    return await engine.handle(fetch) | await engine.look()


async def times_seen(store: Store, customer: str = ANA) -> dict[str, int]:
    """Return how often each item was looked at."""
    number = partition_of(customer, PARTITIONS)
    profile = (await store.read({number: [customer]}))[number].profiles.get(customer, EMPTY)
    return {touch.item_id: touch.views for touch in profile.history}
