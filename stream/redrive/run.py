"""Reads the dead letters from where the last run ended, and sends back those that were chosen.

The position is committed once the broker has acknowledged what was sent: killed in between, at most one batch goes out a second time, and
an event id that repeats counts once.
"""

import asyncio
from collections.abc import Callable, Mapping

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.clients import consumer_of, producer_of
from stream.connection.kafka import Broker
from stream.contracts.topics import CART, DEAD_LETTERS, LETTER_BYTES
from stream.engine.patience import Away
from stream.engine.record import Outgoing
from stream.errors import BrokerAway, StreamError
from stream.redrive.letters import Fate, again, fate_of, letter_of
from stream.redrive.progress import Done
from stream.transport.groups import find_group
from stream.transport.producer import SETTINGS, send_all
from stream.transport.topics import REQUEST_MS, admin_of, partition_count

FETCH_MS = 500
LETTERS_A_BATCH = 200
METADATA_BYTES = 4_096  # Kafka's own limit: offset.metadata.max.bytes


class TooScattered(StreamError):
    """What is done lies in more places between what is left than Kafka keeps for a position."""


class Choice(Struct, frozen=True):
    """Which letters: of this error class, of records from a moment on and before another (ms), at most so many."""

    reason: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    most: int | None = None
    attempts: int = 3


class Kind(Struct):
    """Letters of one reason and one fate: how many, and where the first one lies in the dead-letter topic."""

    reason: str
    fate: Fate
    letters: int
    example: str


class Tally(Struct):
    """What was found and sent so far; `waiting`: letters from where the last run ended."""

    kinds: dict[tuple[str, Fate], Kind] = {}
    sent: int = 0
    waiting: int = 0


class Redrive:
    """One run over the dead letters that were there when it began."""

    def __init__(self, broker: Broker, group: str, choice: Choice, *, execute: bool, tell: Callable[[Tally], None]) -> None:
        self._broker, self._group, self._choice, self._execute, self._tell = broker, f"{group}-redrive", choice, execute, tell
        self._done: dict[TopicPartition, Done] = {}
        self._partitions = 0
        self.tally = Tally()
        self.stop = asyncio.Event()  # set: end after the batch in hand

    async def run(self) -> Tally:
        """Read to the end, or until as many are sent as were asked for.

        Raises:
            BrokerAway: Kafka does not answer; run it again.
            TopicsDiffer: topics are missing.
            TooScattered: nothing of the batch in hand was sent.
        """
        self._partitions = await partition_count(self._broker, CART)
        letters = [TopicPartition(DEAD_LETTERS, number) for number in range(await partition_count(self._broker, DEAD_LETTERS))]
        consumer = consumer_of(
            self._broker,
            group_id=self._group if self._execute else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=LETTER_BYTES,
            request_timeout_ms=REQUEST_MS,
        )
        producer = producer_of(self._broker, **SETTINGS)
        async with admin_of(self._broker) as admin:
            try:
                await consumer.start()
                if self._execute:
                    await producer.start()
                consumer.assign(letters)
                await self._work(consumer, producer, await self._open(admin, consumer, letters))
            except Away as away:
                raise BrokerAway(f"{away}: run it again, it goes on where it ended") from away
            finally:
                await producer.stop()
                await consumer.stop()
        return self.tally

    async def _open(
        self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer, letters: list[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Stand where the last run ended; returns the ends of the partitions in which something waits."""
        await find_group(admin, self._group)  # waits until Kafka knows groups
        committed = await admin.list_consumer_group_offsets(self._group)
        starts, ends = await consumer.beginning_offsets(letters), await consumer.end_offsets(letters)
        for at in letters:
            there = committed.get(at)
            known = Done.read(there.offset, there.metadata or "") if there is not None and there.offset >= 0 else Done()
            self._done[at] = known.since(starts[at])
            consumer.seek(at, self._done[at].next)
            self.tally.waiting += max(0, ends[at] - self._done[at].next)
        return {at: ends[at] for at in letters if self._done[at].next < ends[at]}

    async def _work(self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, ends: dict[TopicPartition, int]) -> None:
        while ends and not self.stop.is_set() and not self._is_enough:
            fetched = await consumer.getmany(*ends, timeout_ms=FETCH_MS, max_records=LETTERS_A_BATCH)
            outgoing: list[Outgoing] = []
            done = {
                at: self._done[at].add([one.offset for one in records if one.offset < ends[at] and self._takes(at, one, outgoing)])
                for at, records in fetched.items()
            }
            if self._execute and done:
                await self._land(consumer, producer, outgoing, done)
            self._tell(self.tally)
            for at in [at for at in ends if await consumer.position(at) >= ends[at]]:
                del ends[at]

    @property
    def _is_enough(self) -> bool:
        return self._execute and self._choice.most is not None and self.tally.sent >= self._choice.most

    def _takes(self, at: TopicPartition, record: ConsumerRecord, outgoing: list[Outgoing]) -> bool:
        """Return whether this letter is done with after the batch; what is to be sent for it is added to `outgoing`."""
        if self._done[at].has(record.offset) or not self._is_chosen(record):
            return False
        letter = letter_of(tuple(record.headers), record.key, record.value)
        reason = letter.reason if letter else "-"
        fate = fate_of(letter, attempts=self._choice.attempts, partitions=self._partitions)
        most = self._choice.most if self._execute else None
        if fate == "sent" and most is not None and self.tally.sent + len(outgoing) >= most:
            return False
        kind = self.tally.kinds.setdefault((reason, fate), Kind(reason, fate, 0, f"{at.topic}:{at.partition}:{record.offset}"))
        kind.letters += 1
        if letter is not None and fate == "sent":
            outgoing.append(again(letter))
        return True

    def _is_chosen(self, record: ConsumerRecord) -> bool:
        letter, choice = letter_of(tuple(record.headers), record.key, record.value), self._choice
        if letter is None:
            return choice.reason is None and choice.from_ms is None and choice.to_ms is None
        at_ms = letter.record.timestamp_ms
        return (
            (choice.reason is None or letter.reason == choice.reason)
            and (choice.from_ms is None or at_ms >= choice.from_ms)
            and (choice.to_ms is None or at_ms < choice.to_ms)
        )

    async def _land(
        self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, outgoing: list[Outgoing], done: Mapping[TopicPartition, Done]
    ) -> None:
        """Send, wait for every acknowledgement, and only then commit."""
        for at, one in done.items():
            if len(one.metadata) > METADATA_BYTES:
                raise TooScattered(
                    f"letters that are done with lie in more than {len(one.beyond)} places between those that are left in partition "
                    f"{at.partition}: choose more of them at once, without --reason or with wider bounds"
                )
        if outgoing:
            await send_all(producer, outgoing)
        await consumer.commit({at: (one.next, one.metadata) for at, one in done.items()})
        self._done.update(done)
        self.tally.sent += len(outgoing)
