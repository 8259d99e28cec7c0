"""The consumer: a gate, one event a fetch, and positions that come from the store."""

import asyncio
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from aiokafka.errors import IllegalStateError  # type: ignore[import-untyped]
from faust.exceptions import ConsumerNotStarted
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from stream.engine.measures import Histogram
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.exits import TOPIC_REMADE
from stream.telling.logger import logger_of
from stream.transport.assignment import RangeConsumerThread
from stream.transport.carrier import carried
from stream.transport.gate import Gate
from stream.transport.handler import Handler, left
from stream.transport.remade import remade_topic
from stream.transport.topic_ids import topic_ids

logger = logger_of(__name__)
PAUSE_BOUNDS_S = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0)
LOOKS, LOOK_AGAIN_S = 3, 0.5
TAKEN_S = 0.5  # a batch is taken within milliseconds; one that comes later all the same is found to be handled
LOOK_EVERY_S = 1.0  # a round trip to Redis
LEFT_S = 1.0  # a fetch is worked within half of it


class BatchConsumer(driver.Consumer):
    """Faust's consumer with its reading and committing replaced; the app names the `handler` that is driven."""

    _thread: RangeConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._gate = Gate()
        self.polls = 0
        self._looked_s = 0.0  # when, by the monotonic clock
        self.rebalances = Histogram(PAUSE_BOUNDS_S)  # seconds in which nothing was read
        self._given_s: float | None = None  # since when a batch is on its way to the agent
        self._stopped_s: float | None = None  # since when, by the monotonic clock, while a rebalance goes on
        self._uncommitted_s: float | None = None  # since when something is handled that Kafka was not told of
        super().__init__(*args, **kwargs)

    @property
    def handler(self) -> Handler:
        """Return what works the batches."""
        app: Any = self.app
        handler: Handler = app.handler
        return handler

    @property
    def _suffix(self) -> str:
        app: Any = self.app
        suffix: str = app.suffix
        return suffix

    def _here(self, at: Any) -> TopicPartition:
        """Return a partition of Faust's as the handler knows it: by the plain name of its topic."""
        return TopicPartition(at.topic.removesuffix(self._suffix), at.partition)

    def _there(self, at: TopicPartition) -> TP:
        """Return a partition of the handler's as Faust and the broker know it."""
        return TP(at.topic + self._suffix, at.partition)

    def _new_consumer_thread(self) -> RangeConsumerThread:
        return RangeConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def _wait_next_records(self, timeout: float) -> tuple[Any, Any]:  # noqa: ASYNC109 - Faust's signature
        """Count that the reading loop is alive, for the watchdog, also while there is nothing to read."""
        waited = await super()._wait_next_records(timeout)
        self.polls += 1
        return waited

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        """Fetch once the agent lets us, and give it all merged into one record: one batch, one round trip each."""
        if not await self._gate.lets_through(min(timeout, TAKEN_S)):
            await self._take_back()
            return {}
        if time.monotonic() - self._looked_s > LOOK_EVERY_S:
            await self._look()
        fetched = await super()._getmany(active_partitions, timeout)
        if not fetched:
            return {}
        standing = self.handler.standing
        await self._end_if_remade({tp for tp, records in fetched.items() if records[0].offset < standing.get(self._here(tp), 0)})
        self._gate.close()
        self._given_s = time.monotonic()
        return carried(fetched, self._here)

    def read_on(self, done_in_s: float) -> None:
        """Fetch so that the next batch is there in so many seconds, when only the store is waited for; else, once this one is done."""
        self._thread.fetch_so_that_it_is_there_in(done_in_s)
        self._gate.open_early()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let the handler leave, and note when a rebalance stopped the reading: Faust's own metric of its duration is always 0."""
        if self._stopped_s is None:
            self._stopped_s = time.monotonic()
        await left(self.handler, within_s=LEFT_S)
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Let the handler know also that nothing is its own any more: Faust does not seek then, and nobody would tell it."""
        await super().on_partitions_assigned(assigned, generation_id)
        if not assigned:
            self.add_future(self.perform_seek())

    async def perform_seek(self) -> None:
        """Stand where the store says. Faust calls this after every assignment; a seek made anywhere else is overwritten."""
        if self.app.should_stop:  # a fetch came back to an app that has left
            return
        assigned = self.assignment()
        log_starts = await self.earliest_offsets(*assigned) if assigned else {}
        targets = await self.handler.assign({self._here(at): offset for at, offset in log_starts.items()})
        await self._end_if_remade(assigned)
        await self.stand_at(targets)
        self._gate.open()
        if self._stopped_s is not None:
            self.rebalances.add(time.monotonic() - self._stopped_s)
            self._stopped_s = None

    async def _end_if_remade(self, suspects: Collection[TP]) -> None:
        """End the process where one of these logs ends before what was handled of it, or is another than was handled: its topic's id tells.

        Kafka's client would begin such a log anew in silence, and everything up to the old position would be passed over as
        handled. A log that is only about to be found again by its new leader is asked for twice more.
        """
        handled: Offsets = {}
        for _ in range(LOOKS):
            if not suspects:
                return
            ends = {self._here(at): end for at, end in (await self.highwaters(*suspects)).items()}
            app: Any = self.app
            ids = await topic_ids(app.producer._producer.client, {self._there(at).topic for at in ends})
            handled = await self.handler.strange(ends, {name.removesuffix(self._suffix): id_ for name, id_ in ids.items()})
            suspects = [self._there(at) for at in handled]
            await asyncio.sleep(LOOK_AGAIN_S if suspects else 0)
        for at, offset in sorted(handled.items()):
            remade = remade_topic(at, handled=offset, end=ends[at])
            logger.critical("process ends", exit_code=TOPIC_REMADE, reason="topic remade", error=str(remade))
        os._exit(TOPIC_REMADE)

    async def _look(self) -> None:
        """Let the handler look after partitions in which nothing happens; no fetch is under way then."""
        await self.stand_at(await self.handler.look())
        self._looked_s = time.monotonic()

    async def stand_at(self, targets: Offsets) -> None:
        """Seek, and let Faust's own bookkeeping believe nothing that it knew before.

        A partition that was taken from us meanwhile is left alone. A seek that does not come about is made up for: the next
        fetch begins beyond its position, is dropped, and sought back again.
        """
        ours = self.assignment()
        seeks = {tp: offset for at, offset in targets.items() if (tp := self._there(at)) in ours}
        if not seeks:
            return
        try:
            await self.seek_wait(seeks)
        except (TimeoutError, IllegalStateError) as error:
            logger.warning("seek to be made again", error=repr(error))
        for tp, offset in seeks.items():
            self._read_offset[tp] = offset or None
            self._committed_offset[tp] = None

    def batch_taken(self) -> None:
        """Note that the agent has the batch."""
        self._given_s = None
        self._gate.taken()

    async def _take_back(self) -> None:
        """Read on from where the handler stands if a batch was given and never taken.

        Faust drops what a rebalance overtakes on its way to the agent, in several places and in silence; only the agent opens the gate.
        """
        if self._given_s is not None and time.monotonic() - self._given_s > TAKEN_S:
            self._given_s = None
            logger.warning("batch never taken")
            await self.stand_at(dict(self.handler.standing))
            self._gate.open()

    def batch_worked(self, message: Any) -> None:
        """Let the next fetch through; Faust's acknowledgements play no part."""
        message.acked = True
        self._unacked_messages.discard(message)
        if self._uncommitted_s is None and self._untold():
            self._uncommitted_s = time.monotonic()
        self._gate.done()

    async def on_stop(self) -> None:
        """Tell Kafka how far we came: Faust would take an older commit that is under way for its last one."""
        await self.maybe_wait_for_commit_to_finish()
        await super().on_stop()

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Tell Kafka, and note since when what was handled meanwhile is not told."""
        began_s = time.monotonic()
        told: bool = await super()._commit(offsets)
        if told:
            self._uncommitted_s = began_s if self._untold(offsets) else None
        return told

    @property
    def commit_age_s(self) -> float:
        """For how many seconds something has been handled that Kafka, and so every tool but ours, was not told of; 0: it knows all."""
        return 0.0 if self._uncommitted_s is None or not self._untold() else time.monotonic() - self._uncommitted_s

    def _untold(self, told: Mapping[TP, int] | None = None) -> bool:
        """Return whether anything is handled beyond what was committed, and `told` just now; a batch may change nothing."""
        committed = self._committed_offset if told is None else {**self._committed_offset, **told}
        return any(committed.get(self._there(at)) != offset for at, offset in list(self.handler.done.items()))

    def behind(self) -> bool:
        """Tell whether the broker has shown records that are not yet worked."""
        return any((self._end_of(at) or 0) > offset for at, offset in list(self.handler.standing.items()))

    def lags(self) -> dict[TopicPartition, int]:
        """Return the records between where the handler stands and the end that the broker has told last; absent where it has told none."""
        ends = {at: self._end_of(at) for at in self.handler.standing}
        return {at: max(0, end - self.handler.standing[at]) for at, end in ends.items() if end is not None}

    def _end_of(self, at: TopicPartition) -> int | None:
        with suppress(AssertionError, ConsumerNotStarted):  # taken from us just now, which the handler is told later; not begun yet
            return self.highwater(self._there(at))
        return None

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        """Commit what the store holds, nothing else."""
        return iter([self._there(at) for at in list(self.handler.done)])

    def _new_offset(self, tp: TP) -> int | None:
        return self.handler.done.get(self._here(tp))

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Keep no list of gaps: offsets are not acknowledged one by one here."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Leave warnings about slow streams to the watchdog: Faust's are false where a fetch is one event."""
