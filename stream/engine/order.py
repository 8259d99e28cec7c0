"""In which order a fetch is worked, and where a chunk may end."""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

from stream.engine.record import Record, TopicPartition


class Pending:
    """What of one fetch still waits. A chunk takes a prefix of every partition, oldest timestamps first."""

    def __init__(self, fetched: Mapping[TopicPartition, Sequence[Record]]) -> None:
        self._waiting = {at: list(records) for at, records in sorted(fetched.items()) if records}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def next(self, at_most: int) -> list[Record]:
        """Return the next chunk without taking it: at most `at_most` records, merged by (timestamp, topic, partition)."""
        merged = heapq.merge(*self._waiting.values(), key=lambda record: (record.timestamp_ms, record.topic, record.partition))
        return list(islice(merged, at_most))

    def drop_until(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Let go of what lies before these offsets."""
        for at, offset in offsets.items():
            self._keep(at, [record for record in self._waiting.get(at, ()) if record.offset >= offset])

    def drop_partition(self, partition: int) -> None:
        """Let go of all topics of one partition number."""
        for at in [at for at in self._waiting if at.partition == partition]:
            self._keep(at, [])

    def _keep(self, at: TopicPartition, records: list[Record]) -> None:
        if records:
            self._waiting[at] = records
        else:
            self._waiting.pop(at, None)


def by_event_time(customers: Sequence[str | None], times_ms: Sequence[int]) -> list[int]:
    """Return the order of work: everyone keeps the places of his events, which are filled in order of event time.

    `customers[i]` None (no event) stays where it is. The result is a permutation of range(n). O(n log n).
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, customer in enumerate(customers):
        if customer is not None:
            places[customer].append(place)
    order = list(range(len(customers)))
    for own in places.values():
        if len(own) > 1:
            for place, event in zip(own, sorted(own, key=times_ms.__getitem__), strict=True):
                order[place] = event
    return order


def may_end_after(order: Sequence[int]) -> list[bool]:
    """Tell after which steps the work done is exactly a prefix, so that a chunk may end there. O(n)."""
    furthest, clean = -1, []
    for step, place in enumerate(order):
        furthest = max(furthest, place)
        clean.append(furthest == step)
    return clean
