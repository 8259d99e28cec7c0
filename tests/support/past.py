"""A stretch of a real shop's past: its events as they would lie on the topics, what a replay makes of them, and files of both."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

import msgspec
from msgspec.structs import replace

from online_models.policy.balance import Audit
from online_models.policy.policy import Policy
from stream.archive.order import Clocks
from stream.archive.writing import LinesFile
from stream.contracts.events import Event, Item, SelectItem, ViewItemList, name_of
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import SUGGESTIONS, topic_of
from stream.demo.shop import event_of, open_shop, steps, visit_of
from stream.demo.shops import SHIPPED_SHOP
from stream.engine.knowledge import Knowledge
from stream.engine.record import ORIGIN_HEADER, Record, TopicPartition
from stream.engine.who import Pseudonymise, pseudonymiser
from stream.replay.in_memory import InMemory
from stream.transport.partitions import partition_of

PARTITIONS = 4
WHO = pseudonymiser("k1", b"a secret of the test")
AUDITED = b"always_speak = true\nquiet_first_view = false\n[accessories]\ntriggers = ['view_item', 'add_to_cart']\n[audit]\nshare = 1.0\n"


def audited_policy() -> Policy:
    """Return a policy that speaks at every cart line, and keeps all candidates of every suggestion."""
    policy = Policy.of(AUDITED, name="test")
    assert policy.audit == Audit(1.0)
    return policy


def records_of(events: Sequence[Event]) -> list[Record]:
    """Return the events as they would lie on the topics."""
    ends: dict[tuple[str, int], int] = {}
    records = []
    for event in events:
        at = (topic_of(name_of(event)), partition_of(event.customer or "", PARTITIONS))
        ends[at] = ends.get(at, 0) + 1
        records.append(Record(*at, ends[at] - 1, event.event_time_ms, (event.customer or "").encode(), msgspec.json.encode(event)))
    return records


def real_orders(lines: int, who: Pseudonymise) -> list[Record]:
    """Return the first lines of a real shop's baskets, as they come about."""
    shop = open_shop(SHIPPED_SHOP, who, history=0)
    upcoming = islice(steps(map(visit_of, shop.upcoming)), lines)
    return records_of([event_of(visit, place, at_ms=visit.time_ms(place)) for visit, place in upcoming])


async def replayed(records: Iterable[Record], known: Knowledge | None = None) -> list[Record]:
    """Return all that worker and trainer make of the records."""
    sent: list[Record] = []
    run = InMemory(known or Knowledge(audited_policy()), pseudonymise=WHO, partitions=PARTITIONS, tell=sent.append)
    await run.begin()
    await run.work(records)
    await run.end()
    return sent


def suggestions_in(records: Iterable[Record]) -> list[Suggestion]:
    """Return the suggestions among records."""
    return [msgspec.json.decode(one.value or b"", type=Suggestion) for one in records if one.topic == SUGGESTIONS]


def with_looks(records: Sequence[Record], suggestions: Iterable[Suggestion]) -> list[Record]:
    """Return the records with an impression after each that was answered, and after every third a click on its first card.

    The records keep the ids that they had, in their `origin` headers.
    """
    answered = {one.suggestion_id: one for one in suggestions if any(shown.items for shown in one.lists)}
    ends: dict[TopicPartition, int] = {}
    found: list[Record] = []

    def put(record: Record, topic: str) -> None:
        at = TopicPartition(topic, record.partition)
        ends[at] = ends.get(at, -1) + 1
        found.append(replace(record, topic=topic, offset=ends[at]))

    for number, record in enumerate(records):
        put(replace(record, headers=((ORIGIN_HEADER, record.address.encode()),)), record.topic)
        suggestion = answered.get(record.address)
        if suggestion is not None:
            shown = next(one for one in suggestion.lists if one.items)
            items = tuple(Item(one.item_id, item_list_id=shown.item_list_id) for one in shown.items)
            for kind, seen in ((ViewItemList, items), (SelectItem, items[:1]))[: 1 + (number % 3 == 0)]:
                event = kind(
                    event_id=f"{kind.__name__}-{number}",
                    event_time_ms=record.timestamp_ms,
                    customer=suggestion.customer,
                    session_id=suggestion.session_id,
                    items=seen,
                    item_list_id=shown.item_list_id,
                    suggestion_id=suggestion.suggestion_id,
                )
                put(replace(record, value=msgspec.json.encode(event)), topic_of(name_of(event)))
    return found


def in_order(records: Iterable[Record]) -> list[Record]:
    """Return records in the archive's order."""
    clocks = Clocks()
    in_place = sorted(records, key=lambda one: (one.topic, one.partition, one.offset))
    return [record for _, record in sorted([(clocks.key_of(one), one) for one in in_place], key=lambda pair: pair[0])]


def write_archive(path: Path, records: Iterable[Record], changed: Callable[[Record], Record] = lambda record: record) -> Path:
    """Write records to a file as `tsuide export` would have them, each as `changed` has it; returns the path."""
    with LinesFile(path) as file:
        for record in in_order(records):
            file.add(changed(record))
    return path
