"""What came of the events: read from Redis and from the topics, and held against what was sent."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from features.errors import StoreAway
from features.profile import Profile
from features.store.port import Store
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import INPUTS, SUGGESTIONS
from stream.engine.record import ORIGIN_HEADER
from tests.support.shop import Shop

LOOK_AGAIN_S = 0.1


@dataclass
class Outcome:
    """What is not as it must be; all empty when every event counted once and was answered."""

    miscounted: dict[str, tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    unasked: set[str] = field(default_factory=set)
    repeated: int = 0
    differing: set[str] = field(default_factory=set)

    def but_for_repeats(self) -> "Outcome":
        """Return the same with suggestions that came twice, byte for byte, let pass."""
        return replace(self, repeated=0)


async def read_topic(bootstrap: str, topic: str) -> list[Any]:
    """Return all records of a topic as it stands now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        parts = [
            TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or await _partitions(consumer, topic))
        ]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        await consumer.seek_to_beginning(*parts)
        records: list[Any] = []
        while any([await consumer.position(at) < ends[at] for at in parts]):
            for found in (await consumer.getmany(timeout_ms=200)).values():
                records += found
        return records
    finally:
        await consumer.stop()


async def _partitions(consumer: Any, topic: str) -> Collection[int]:
    await consumer._client.force_metadata_update()
    consumer._client.add_topic(topic)
    await consumer._client.force_metadata_update()
    return consumer.partitions_for_topic(topic) or {0}


async def until_worked(shop: Shop, store: Store, *, within_s: float = 60) -> None:
    """Return once the watermarks stand at the inputs' ends and no outbox is left. Raises TimeoutError naming what is behind."""
    deadline = time.monotonic() + within_s
    while behind := await _behind(shop, store):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s:g} s: {behind}")
        await asyncio.sleep(LOOK_AGAIN_S)


async def outcome(shop: Shop, store: Store, *, answered: Collection[str] | None = None) -> Outcome:
    """Return what differs from one count and one suggestion for every event sent; `answered`: the ids where not all are expected."""
    expected, found = shop.expected(), await profiles(shop, store)
    result = Outcome()
    for customer, counts in expected.items():
        counted = counts_of(found.get(customer, Profile()))
        if counted != counts:
            result.miscounted[customer] = (counted, counts)
    values = await suggestions(shop.bootstrap)
    wanted = {one.id for one in shop.sent} if answered is None else set(answered)
    result.unanswered, result.unasked = wanted - values.keys(), values.keys() - wanted
    result.repeated = sum(len(several) - 1 for several in values.values())
    result.differing = {id_ for id_, several in values.items() if len(set(several)) > 1}
    return result


async def profiles(shop: Shop, store: Store) -> dict[str, Profile]:
    """Return what is kept of the shop's customers."""
    wanted: defaultdict[int, list[str]] = defaultdict(list)
    for customer in shop.customers:
        wanted[shop.home_of(customer)].append(customer)
    found = await store.read(wanted)
    return {customer: profile for partition in found.values() for customer, profile in partition.profiles.items()}


def counts_of(profile: Profile) -> Counter[tuple[str, str]]:
    """Return how often a profile says that what was done with which item."""
    counts: Counter[tuple[str, str]] = Counter()
    for touch in profile.history:
        counts["view_item", touch.item_id] += touch.views
        counts["add_to_cart", touch.item_id] += touch.carts
    return +counts


async def suggestions(bootstrap: str) -> dict[str, list[bytes]]:
    """Return every value that was published under each suggestion's id."""
    values: defaultdict[str, list[bytes]] = defaultdict(list)
    for record in await read_topic(bootstrap, SUGGESTIONS):
        values[header(record.headers, ORIGIN_HEADER)].append(record.value)
    return dict(values)


async def waits_ms(bootstrap: str, *, since_ms: int = 0) -> dict[str, list[int]]:
    """Return how long each customer waited for each answer, in ms from the event's Kafka timestamp until it was made.

    `since_ms`: events before this are left out.
    """
    waits: defaultdict[str, list[int]] = defaultdict(list)
    for record in await read_topic(bootstrap, SUGGESTIONS):
        made = msgspec.json.decode(record.value, type=Suggestion)
        if made.created_ms >= since_ms:
            waits[made.customer].append((made.published_ms or 0) - made.created_ms)
    return dict(waits)


def header(headers: Iterable[tuple[str, bytes | None]], name: str) -> str:
    """Return a header's text, empty where there is none."""
    return next((value.decode() for key, value in headers if key == name and value is not None), "")


async def _ends(shop: Shop) -> dict[tuple[str, int], int]:
    parts = [TopicPartition(topic, number) for topic in INPUTS for number in range(shop.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=shop.bootstrap, group_id=None)
    await consumer.start()
    try:
        return {(at.topic, at.partition): end for at, end in (await consumer.end_offsets(parts)).items() if end}
    finally:
        await consumer.stop()


async def _behind(shop: Shop, store: Store) -> str:
    """Return what is not worked yet, in words."""
    ends = await _ends(shop)
    try:
        for number in range(shop.partitions):
            fence, outbox = await store.outbox(number)
            if outbox:
                return f"an outbox of {len(outbox)} bytes stands in partition {number}"
            for topic, end in ((topic, end) for (topic, at), end in ends.items() if at == number):
                if fence.watermarks.get(topic, 0) != end:
                    return f"{topic}:{number} stands at {fence.watermarks.get(topic, 0)} of {end}"
    except StoreAway as away:
        return str(away)
    return "" if ends == await _ends(shop) else "records that were passed on have only just arrived"
