"""A replay into Kafka from its first record to its report: topics, workers of its own, the feeding, and the wait until all is handled."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition as KafkaPartition  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from msgspec import Struct

from features.errors import StoreAway
from stream.catalog.publish import publish
from stream.connection.clients import producer_of
from stream.contracts.catalog import CatalogItem
from stream.contracts.topics import DEAD_LETTERS, INPUTS, MEMORY, MODELS, SUGGESTIONS, TRAINING
from stream.ending import cancelled
from stream.engine.record import TopicPartition
from stream.errors import BrokerAway, TopicsDiffer
from stream.ops.lag.look import Looker, looker, onlooker
from stream.replay.digest import digest_of
from stream.replay.feed.apart import apart, make_topics, partitions_there
from stream.replay.feed.crew import Crew
from stream.replay.feed.feeding import Fed, Feeding, Manner
from stream.replay.feed.marks import FEED, OtherReplay, come_to
from stream.replay.feed.pace import Pace
from stream.replay.feed.seam import live_begins_ms
from stream.replay.past import Past
from stream.settings import Settings
from stream.transport.groups import find_group
from stream.transport.producer import SETTINGS
from stream.transport.topics import admin_of

OUTPUTS = (SUGGESTIONS, TRAINING, MODELS, MEMORY, DEAD_LETTERS)
LOOK_EVERY_S = 1.0
JOINED_AGAIN_S = 0.2


class Order(Struct, frozen=True):
    """What is to be done.

    Args:
        replay_id: of letters, digits and hyphens.
        choices: the checksum of what was chosen of the log.
        resume: go on with an earlier run, else begin.
        live: among the shop's own topics, whose workers are there already; else apart, with so many `workers` of its own.
        learns_only: nobody is answered.
        policy: of its own workers; None: the environment's.
        goods: the catalogue of a replay that is apart, beside what the log holds of it.
        speed: times as fast as it happened; None: as fast as it goes.
        most_per_s: records a second at most.
        waits: until everything is handled.
        to_the_seam: leave out what has happened since the shop's own events began.
    """

    replay_id: str
    choices: str
    resume: bool = False
    live: bool = False
    learns_only: bool = False
    workers: int = 1
    policy: Path | None = None
    goods: Sequence[CatalogItem] = ()
    speed: float | None = None
    most_per_s: float | None = None
    waits: bool = True
    to_the_seam: bool = False


class Report(Struct, frozen=True, omit_defaults=True):
    """What came of it. `behind`: records that the workers have not handled yet, None: not known.

    Only of a replay apart: `sent`, records by topic, and the `digest` of its customers.
    """

    replay_id: str
    fed: Fed
    interrupted: bool
    behind: int | None
    sent: Mapping[str, int] = {}
    digest: str = ""


class Replaying:
    """One run. `stop`, once set, ends it in order; `fed` and `behind` may be looked at meanwhile, and `until_ms`, the seam, once prepared.

    `progress` is called now and then.
    """

    def __init__(self, here: Settings, order: Order, progress: Callable[["Replaying"], None] = lambda run: None) -> None:
        self.there = here if order.live else apart(here, order.replay_id)
        self.stop, self.fed = asyncio.Event(), Fed()
        self.behind: int | None = None
        self.until_ms: int | None = None
        self._order, self._progress = order, progress
        teaches = not order.live and not order.learns_only and order.workers > 0
        self._groups = {self.there.group} | ({f"{self.there.group}-trainer"} if teaches else set())
        self._partitions = here.partitions

    async def prepare(self) -> None:
        """Make the topics, or find those that are there, and the seam in them.

        Raises:
            BrokerAway: Kafka does not answer.
            NoSuchReplay: there is none to go on with, or one of this id already.
            TopicsDiffer: the live topics have other partitions than the settings say.
        """
        if self._order.live or self._order.resume:
            found = await partitions_there(self.there)
            if found != self._partitions:
                raise TopicsDiffer(f"the input topics have {found} partitions, TSUIDE_PARTITIONS is {self._partitions}: set it to {found}")
        else:
            await make_topics(self.there, self._partitions)
            if self._order.goods:
                await publish(self.there.kafka, self._order.goods)
        if self._order.to_the_seam:
            self.until_ms = await live_begins_ms(self.there.kafka, self._partitions)

    async def run(self, past: Past) -> Report:
        """Feed the past, and wait until it is handled. After `prepare`.

        Raises:
            BrokerAway: Kafka does not answer, or does not any more.
            ChildEnded: a worker of its own has ended.
            OtherReplay: it was begun with other choices, or another log.
            LogError: the log cannot be read.
        """
        order = self._order
        there_already = await self._come_to() if order.resume else {}
        answered = not order.learns_only
        manner = Manner(order.replay_id, order.choices, self._partitions, is_live=order.live, answered=answered, until_ms=self.until_ms)
        workers = 0 if order.live else order.workers
        with Crew(self.there, workers, teaches=answered, policy=order.policy) as crew:
            producer = producer_of(self.there.kafka, **SETTINGS)
            await producer.start()
            try:
                pace = Pace(order.speed, order.most_per_s)
                feeding = Feeding(producer, manner, there_already, pace, stop=self.stop, progress=lambda fed: self._progress(self))
                self.fed = feeding.fed
                async with looker(self.there) as look:
                    await self._until_first(self._fed_and_handled(feeding, past, look), crew.watch())
            finally:
                await producer.stop()
        return await self._report(self.fed)

    async def _come_to(self) -> dict[TopicPartition, str]:
        topics = INPUTS if self._order.live else FEED  # a live shop's catalogue is left alone
        found = await come_to(self.there.kafka, self._order.replay_id, self._order.choices, self._partitions, topics=topics)
        if not found and self._order.live:
            raise OtherReplay(f"There is nothing of replay {self._order.replay_id} in the live topics: begin it without --resume.")
        return found

    async def _fed_and_handled(self, feeding: Feeding, past: Past, look: Looker) -> None:
        """Feed, looking now and then how far the workers are; then wait for them. Never two looks at once: they share a consumer."""
        await self._until_own_workers_read()
        await self._until_first(feeding.of(past), self._look(look))
        while self._order.waits and not self.stop.is_set():
            await self._look_once(look)
            if self.behind == 0:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), LOOK_EVERY_S)

    async def _until_own_workers_read(self) -> None:
        """Wait until every worker of its own has joined, so that the past begins when somebody follows it."""
        workers = 0 if self._order.live else min(self._order.workers, self._partitions)
        async with admin_of(self.there.kafka) as admin:
            while workers and not self.stop.is_set():
                group = await find_group(admin, self.there.group)
                if group.members >= workers and group.state == "Stable":
                    return
                await asyncio.sleep(JOINED_AGAIN_S)

    async def _until_first(self, work: Coroutine[Any, Any, Any], *beside: Coroutine[Any, Any, None]) -> None:
        """Return when the work is done; raise what ended it, or one of those beside it."""
        tasks = [asyncio.create_task(one) for one in (work, *beside)]
        try:
            while not tasks[0].done():
                done, _ = await asyncio.wait([task for task in tasks if not task.done()], return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            await cancelled(tasks)
            await asyncio.gather(*tasks, return_exceptions=True)  # what they failed with is asked for
        tasks[0].result()

    async def _look(self, look: Looker) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._look_once(look)

    async def _look_once(self, look: Looker) -> None:
        try:
            self.behind = sum(place.end - place.reads_from for place in await look.look() if place.group in self._groups)
        except (BrokerAway, StoreAway, KafkaError):
            self.behind = None
        self._progress(self)

    async def _report(self, fed: Fed) -> Report:
        interrupted = self.stop.is_set()
        if self._order.live:
            return Report(self._order.replay_id, fed, interrupted, self.behind)
        digest = str((await digest_of(self.there.redis, self.there.prefix)).total)
        return Report(self._order.replay_id, fed, interrupted, self.behind, await self._sent(), digest)

    async def _sent(self) -> dict[str, int]:
        """Return how many records lie in each output topic."""
        async with admin_of(self.there.kafka) as admin:
            described = await admin.describe_topics(list(OUTPUTS))
        parts = [KafkaPartition(one["topic"], number) for one in described for number in range(len(one["partitions"]))]
        consumer = onlooker(self.there.kafka)
        try:
            await consumer.start()
            ends = await consumer.end_offsets(parts)
        finally:
            await consumer.stop()
        counts = dict.fromkeys(OUTPUTS, 0)
        for at, end in ends.items():
            counts[at.topic] += end
        return {topic: count for topic, count in counts.items() if count}
