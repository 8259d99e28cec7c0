"""Partition numbers that are ours: what the store said of each when we took it over, and where we stand in it."""

import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from features.store.port import Crash, Fence, Partition, Store
from stream.engine.draft import Draft
from stream.engine.errors import RecordFailed
from stream.engine.patience import Patience
from stream.engine.positions import Offsets, Positions
from stream.engine.record import Outgoing, Record, TopicPartition, unpack_outbox
from stream.telling.logger import at as address_of
from stream.telling.logger import logger_of

logger = logger_of(__name__)
Send = Callable[[Sequence[Outgoing]], Awaitable[None]]


class Ownership:
    """Takes partition numbers over, publishing first what a former owner committed and did not get to send."""

    def __init__(self, store: Store, send: Send, patience: Patience, tally: Counter[str]) -> None:
        self._store, self._send, self._patience, self._tally = store, send, patience, tally
        self._log_starts: Offsets = {}
        self._crashes: dict[int, dict[str, Crash]] = {}
        self.fences: dict[int, Fence] = {}
        self.positions = Positions()

    async def assign(self, log_starts: Mapping[TopicPartition, int]) -> Offsets:
        """Own these partitions, and no others; returns where to read on."""
        self.positions.leave()
        self.fences.clear()
        self._log_starts = dict(log_starts)
        targets: Offsets = {}
        for number in sorted({at.partition for at in log_starts}):
            targets |= await self.take_over(number)
        return targets

    async def strange(self, ends: Offsets, ids: Mapping[str, str]) -> Offsets:
        """Return where we stand in logs that end before that, or whose topic has another id than when it was first handled.

        The id of a topic that is handled for the first time is kept.
        """
        stands = {at: self.positions.next.get(at, 0) for at in ends}
        found = {at: offset for at, offset in stands.items() if ends[at] < offset}
        for number in sorted({at.partition for at in ends}) if ids else ():
            told = {at.topic: ids[at.topic] for at in ends if at.partition == number and at.topic in ids}
            kept = await self._patience.until_done("the store", lambda n=number, told=told: self._store.topic_ids(n, told))  # type: ignore[misc]
            found |= {at: stands[at] for at in ends if at.partition == number and kept.get(at.topic) != ids.get(at.topic)}
        return found

    async def take_over(self, number: int) -> Offsets:
        """Begin anew where the store says; returns where to read on.

        Where a watermark lies before the log's start, records were lost to retention, which is counted.
        """
        fence, outbox = await self._patience.until_done("the store", lambda: self._store.outbox(number))
        if outbox:
            left = unpack_outbox(outbox)
            await self._patience.until_done("the broker", lambda: self._send(left))
            await self._patience.until_done("the store", lambda: self._store.clear_outbox({number: fence}))
            self._tally["outboxes_taken_over"] += 1
        self._crashes[number] = await self._patience.until_done("the store", lambda: self._store.crashes(number))
        self.fences[number] = fence
        targets: Offsets = {}
        for place, log_start in self._log_starts.items():
            if place.partition == number:
                watermark = fence.watermarks.get(place.topic, log_start)
                self._tell_lost(place, watermark, log_start)
                targets[place] = max(watermark, log_start)
        self.positions.place(targets)
        return targets

    def _tell_lost(self, place: TopicPartition, watermark: int, log_start: int) -> None:
        lost = max(0, log_start - watermark)
        self._tally["lost_to_retention"] += lost
        if lost:
            first = Record(place.topic, place.partition, watermark, 0, None, None)
            logger.error("records deleted before they were handled", records=lost, cure="raise the topic's retention", **address_of(first))

    def stale(self, partitions: Mapping[int, Partition]) -> list[int]:
        """Return which of these somebody else has written since."""
        return [number for number, found in partitions.items() if found.fence != self.fences[number]]

    def draft(self, number: int, found: Partition) -> Draft:
        """Begin where we stand, which is beyond the fence where records were lost to retention."""
        placed = {at.topic: offset for at, offset in self.positions.next.items() if at.partition == number}
        watermarks = found.fence.watermarks | placed
        return Draft(number, before=found.fence, watermarks=watermarks, known=found.profiles)

    def advance(self, number: int, fence: Fence) -> Offsets:
        """Stand where our own commit left the fence; returns the offsets reached."""
        self.fences[number] = fence
        reached = offsets_of(fence, number)
        self.positions.place(reached)
        return reached

    def crash_of(self, record: Record) -> Crash | None:
        """Return how often this record has ended a process, or None."""
        crashes = self._crashes[record.partition]
        return crashes.get(record.address_in_partition) if crashes else None

    def forget_crash(self, record: Record) -> None:
        """Count the record's crashes no longer: it is served, or put aside."""
        self._crashes[record.partition].pop(record.address_in_partition, None)

    async def count_death(self, record: Record, error: Exception) -> RecordFailed:
        """Count in the store that this record ends the process, and return what the process is to end with."""
        text = "".join(traceback.format_exception(error, limit=-20))
        field = record.address_in_partition
        count = await self._patience.until_done("the store", lambda: self._store.count_crash(record.partition, field, text))
        return RecordFailed(record, count)


def offsets_of(fence: Fence, number: int) -> Offsets:
    """Return how far a fence says that its partition number is handled."""
    return {TopicPartition(topic, number): offset for topic, offset in fence.watermarks.items()}
