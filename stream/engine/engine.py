"""One batch through the worker: decode, read, fold and recommend, commit, publish while the next one is read."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from features.errors import StoreAway
from features.store.port import Commit, Store
from stream.engine.caches import Caches
from stream.engine.decode import Decoded, Unreadable, dead_letter, passed_on
from stream.engine.draft import Draft
from stream.engine.errors import RecordFailed
from stream.engine.foresight import AHEAD
from stream.engine.knowledge import Knowledge
from stream.engine.landing import Landing
from stream.engine.measures import Measures, measured
from stream.engine.order import Pending, by_event_time, may_end_after
from stream.engine.ownership import Ownership, Send, offsets_of
from stream.engine.pace import WORK_BUDGET_S, Pace
from stream.engine.patience import Away, Patience
from stream.engine.positions import Offsets
from stream.engine.reading import Ahead, Entry, Reader
from stream.engine.record import Record, TopicPartition
from stream.engine.watching import Stage, Watch, finished
from stream.engine.who import Pseudonymise
from stream.engine.work import Answers, Steps, everybody

TURNS = 5  # of the event loop before work holds it: by then a fetch is asked for, and what the chunk before sends is on the wire


class Engine:
    """Works fetches so that every record counts once in the store and every outgoing record is sent at least once, the same.

    The store's fence is the truth. A runner calls `assign` with what it was given, `handle` with what it fetched, seeks
    where either tells it to, commits `done` to Kafka, which only outside tools read, and calls `leave` before it lets go.
    """

    def __init__(
        self,
        *,
        store: Store,
        send: Send,
        knowledge: Knowledge,
        pseudonymise: Pseudonymise,
        partition_of: Callable[[str], int],
        caches: Caches,
        chunk_records: int = 500,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        work_budget_s: float = WORK_BUDGET_S,
        answers: Answers = everybody,
    ) -> None:
        self.measures = Measures()
        send = measured(send, self.measures, wall_ms)
        self._store, self.caches = store, caches
        self._pseudonymise, self._partition_of = pseudonymise, partition_of
        self._lock, self._pace, self.patience = asyncio.Lock(), Pace(chunk_records, work_budget_s), Patience(StoreAway, Away)
        self.tally: Counter[str] = Counter()
        self._owned, self._landing = Ownership(store, send, self.patience, self.tally), Landing(store, send, self.patience)
        self.strange = self._owned.strange
        self._reader = Reader(store, self._owned, caches, pseudonymise, patience=self.patience, tally=self.tally, measures=self.measures)
        self.steps = Steps(knowledge, caches, self.tally, wall_ms, measures=self.measures, answers=answers)
        self.done: Offsets = {}
        self.batches = 0
        self.oldest_waiting_ms: int | None = None  # Kafka timestamp of the oldest record that is being worked
        self.in_hand: Record | None = None  # what is worked at this moment: should the process end now, it was this one
        self.watched_by: Watch | None = None
        self.soon_done: Callable[[float], None] = _untold  # told before a fetch's last chunk is worked: in how many seconds it will be

    @property
    def standing(self) -> Mapping[TopicPartition, int]:
        """The next offset of every partition that is ours."""
        return self._owned.positions.next

    async def assign(self, log_starts: Mapping[TopicPartition, int]) -> Offsets:
        """Take over these partitions, and no others; returns where to read on.

        Outboxes that a former owner left are published first. `log_starts` are the earliest offsets that still exist;
        where the watermark lies before, records were lost to retention, which is counted.
        """
        async with self._lock:
            await self._landing.settle()
            numbers, self.done = self._owned.fences.keys() | {at.partition for at in log_starts}, {}
            targets = await self._owned.assign(log_starts)
            for number in numbers:
                self._forget(number)
            self.tally["assignments"] += 1
            return targets

    async def handle(self, fetched: Mapping[TopicPartition, Sequence[Record]]) -> Offsets:
        """Work a fetch until all of it counts; returns where to seek before the next one is read.

        What it sends out is on its way then, and with the broker before the next fetch counts. Called while the fetch before is
        still worked or committed, whose end `soon_done` foretells, it reads meanwhile what this one needs.

        Raises:
            RecordFailed: a record cannot be decoded or folded; its death is counted, the process is to end.
        """
        if not self._lock.locked():
            return await self._in_turn(fetched)
        async with self._reader.ahead(Pending(fetched).next(self._pace.records)) as ahead:
            return await self._in_turn(fetched, ahead)

    async def look(self) -> Offsets:
        """Send all that was committed, and hold every partition that is ours against the store; returns where to seek.

        A store that fell back, or lost everything, is brought up again also where no event comes that would show it.
        """
        async with self._lock:
            await self._landing.settle()
            wanted: dict[int, Collection[str]] = {number: () for number in self._owned.fences}
            found = await self.patience.until_done("the store", lambda: self._store.read(wanted))
            return await self._give_up(self._owned.stale(found), Pending({}))

    async def arrived(self) -> None:
        """Return once the broker has all that was committed."""
        async with self._lock:
            await self._landing.sent()

    async def leave(self) -> None:
        """Own nothing any more, once all that was committed is sent; who comes next has nothing to send again."""
        async with self._lock:
            await self._landing.settle()
            self._owned.positions.leave()

    async def _in_turn(self, fetched: Mapping[TopicPartition, Sequence[Record]], ahead: Ahead | None = None) -> Offsets:
        async with self._lock:
            contiguous, seeks = self._owned.positions.contiguous(fetched)
            pending = Pending(contiguous)
            try:
                while pending:
                    seeks |= await self._chunk(pending, ahead)
                    ahead = None
                    self.batches += 1
            except RecordFailed:
                await self._landing.settle()
                raise
            self.oldest_waiting_ms = self.in_hand = None
            return seeks

    async def _chunk(self, pending: Pending, ahead: Ahead | None) -> Offsets:
        stages: list[Stage] = []
        chunk = pending.next(self._pace.records)
        self.in_hand, self.oldest_waiting_ms = chunk[0], chunk[0].timestamp_ms
        entries, partitions = await self._reader.read(chunk, stages, ahead)
        stale = self._owned.stale(partitions)
        seeks = await self._give_up(stale, pending)
        drafts = {number: self._owned.draft(number, found) for number, found in partitions.items() if number not in stale}
        if not drafts:
            return seeks
        if len(chunk) == len(pending):
            self.soon_done(self._pace.expected_s(len(chunk)))
        for _ in range(TURNS):
            await asyncio.sleep(0)
        with self.measures.timed("work", stages):
            await self._work([entry for entry in entries if entry.record.partition in drafts], drafts)
        await self._landing.sent()
        with self.measures.timed("commit", stages):
            commits = {number: draft.commit() for number, draft in drafts.items()}
            refused = await self._landing.commit(list(commits.values()))
        seeks |= await self._give_up(refused, pending)
        landed = {number: commits[number] for number in commits if number not in refused}
        for number, commit in landed.items():
            pending.drop_until(self._finish(commit, drafts[number]))
        self._landing.meanwhile(self._publish(chunk, landed, drafts, stages))
        return seeks

    async def _publish(
        self, chunk: Sequence[Record], landed: Mapping[int, Commit], drafts: Mapping[int, Draft], stages: list[Stage]
    ) -> None:
        with self.measures.timed("publish", stages):
            await self._landing.send(landed, drafts)
        for number, commit in landed.items():
            self.done |= offsets_of(commit.after, number)
        if self.watched_by is not None:
            self.watched_by(finished(chunk, {number: commit.after for number, commit in landed.items()}, stages))

    async def _work(self, read: Sequence[Entry], drafts: Mapping[int, Draft]) -> None:
        """Work the chunk event by event, until its end or, where the order allows an end, until its budget is used up."""
        order = by_event_time(
            [entry.customer if isinstance(entry, Decoded) else None for entry in read],
            [entry.event.event_time_ms if isinstance(entry, Decoded) else 0 for entry in read],
        )
        clean, started, sent_bytes = may_end_after(order), time.perf_counter(), 0
        for step, place in enumerate(order):
            entry = read[place]
            draft, self.in_hand = drafts[entry.record.partition], entry.record
            if step % AHEAD == 0:
                self.steps.look_ahead([read[at] for at in order[step : step + AHEAD]], drafts)
            sent_bytes -= draft.sent_bytes
            try:
                self._one(entry, draft)
            except Exception as error:
                raise await self._owned.count_death(entry.record, error) from error
            sent_bytes += draft.sent_bytes
            used_s = time.perf_counter() - started
            if clean[step] and self._pace.is_used_up(used_s, sent_bytes):
                break
        self._pace.worked(step + 1, used_s)

    def _one(self, entry: Entry, draft: Draft) -> None:
        record = entry.record
        if isinstance(entry, Unreadable):
            draft.next_seq()
            draft.send(record, dead_letter(entry, self._pseudonymise))
            self.tally["dead_letters"] += 1
            self.tally[f"dead_letter:{entry.error_class}"] += 1
        else:
            home = record.partition if self.steps.knows(entry, draft) else self._partition_of(entry.customer)
            if home == record.partition:  # of whom something is kept here, he is at home here
                self.steps.work(entry, draft)
            else:
                draft.next_seq()
                draft.send(record, passed_on(entry, home))
                self.tally["passed_on"] += 1
        draft.advance(record)
        if self._owned.crash_of(record) is not None:
            draft.crashes_cleared.append(record)

    def _finish(self, commit: Commit, draft: Draft) -> Offsets:
        number = commit.partition
        for customer, profile in commit.profiles.items():
            self.caches.profiles.put((number, customer), profile)
        for customer, live in draft.live.items():
            self.caches.live.put((number, customer), live)
        self._reader.written(number, commit.profiles.keys())
        for record in draft.crashes_cleared:
            self._owned.forget_crash(record)
        return self._owned.advance(number, commit.after)

    async def _give_up(self, numbers: Collection[int], pending: Pending) -> Offsets:
        """Somebody else wrote these partitions: drop our part of them and go on from where the fence stands."""
        seeks: Offsets = {}
        if numbers:
            await self._landing.sent()
        for number in sorted(numbers):
            self.tally["fenced"] += 1
            pending.drop_partition(number)
            seeks |= await self._owned.take_over(number)
            self._forget(number)
        return seeks

    def _forget(self, number: int) -> None:
        """Believe nothing that was known of a partition number before it was taken over; not even what was read ahead while it was."""
        self.caches.drop_partition(number)
        self._reader.written(number)


def _untold(in_s: float) -> None:
    """Tell nobody."""
