"""One load: sends by the clock, follows the answers, and waits at the end until the workers are done."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.clients import producer_of
from stream.connection.kafka import Broker
from stream.contracts.events import Event
from stream.contracts.topics import SUGGESTIONS
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.errors import BrokerAway
from stream.load.forget import forget
from stream.load.measured import Measured
from stream.load.renaming import Renaming, is_of_a_load
from stream.load.schedule import Schedule
from stream.load.target import Target, group_at, not_handled
from stream.transport.events import EventProducer
from stream.transport.follower import Fetching, Follower

SOON = Fetching(min_bytes=1, wait_ms=500)
READABLE_S = 0.5  # between a worker's commit to the group and the last suggestion's being read here
LOOK_AGAIN_S = 0.3
LAST_ACKS_S = 60.0  # aiokafka gives up a record after 40
SENDING: dict[str, Any] = {"acks": "all", "enable_idempotence": True, "linger_ms": 0}


class Plan(Struct, frozen=True):
    """How a load is to be.

    `max_in_flight`: events that the broker has not acknowledged; `wait_s`: for the workers at the end, at most; `forget`: have the
    customers forgotten afterwards.
    """

    schedule: Schedule
    renaming: Renaming
    max_in_flight: int = 10_000
    wait_s: float = 30.0
    forget: bool = False


class _Caused(Struct):
    """Of a suggestion only what it answers."""

    caused_by: str


class Answering(Struct, frozen=True):
    """Where the answers are read, and which event of the run a record answers; None: none of ours."""

    topic: str
    number_of: Callable[[ConsumerRecord], int | None]

    @classmethod
    def by_suggestions(cls, renaming: Renaming) -> "Answering":
        """Return the suggestions as the answers, matched by `caused_by`; others' are passed over unread, by their key."""
        caused = msgspec.json.Decoder(_Caused)

        def number_of(record: ConsumerRecord) -> int | None:
            return renaming.number_of(caused.decode(record.value).caused_by) if is_of_a_load(record.key) else None

        return cls(SUGGESTIONS, number_of)


class Load:
    """A run that is under way; `measured` may be looked at meanwhile.

    `stop` ends the sending; what was sent is still waited for. Who does not want to wait either cancels `run`.
    """

    def __init__(self, plan: Plan, target: Target, events: Iterator[tuple[int, Event]]) -> None:
        self.plan, self.target = plan, target
        self.measured = Measured(plan.schedule)
        self.stop = asyncio.Event()
        self.customers: dict[str, None] = {}  # in the order in which they came
        self.not_handled = 0
        self.began_ms = 0  # wall clock, milliseconds since 1970
        self._events = events
        self.answering = Answering.by_suggestions(plan.renaming)
        self._room = asyncio.Semaphore(plan.max_in_flight)
        self._began_s = 0.0
        self._sent_to: Offsets = {}

    @property
    def passed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began_s

    async def run(self) -> None:
        """Send, and wait for the answers; afterwards `measured` and `not_handled` hold.

        Raises:
            BrokerAway: Kafka does not answer at the beginning.
            LogError: the log cannot be read on.
        """
        follower = Follower(self.target.broker, self.answering.topic, self._read, since_ms=time.time_ns() // 1_000_000, fetching=SOON)
        await follower.start()
        try:
            await follower.caught_up()
            async with _producer(self.target.broker) as producer:
                sending = asyncio.create_task(self._send(EventProducer(producer, self.target.partitions)), name="send")
                stopped = asyncio.create_task(self.stop.wait(), name="stop")
                await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
                stopped.cancel()
                sending.cancel()  # nothing, where it is done
                await asyncio.wait({sending})
                if not sending.cancelled():
                    sending.result()
                with suppress(TimeoutError):
                    await asyncio.wait_for(producer.flush(), LAST_ACKS_S)
                await self._until_handled()
                if self.plan.forget:
                    await forget(producer, self.target, self.customers, run=self.plan.renaming.run)
        finally:
            await follower.stop()

    async def _send(self, producer: EventProducer) -> None:
        schedule, renaming = self.plan.schedule, self.plan.renaming
        self.began_ms, self._began_s = time.time_ns() // 1_000_000, time.monotonic()
        for number in range(schedule.count):
            due_s = schedule.due_s(number)
            await asyncio.sleep(max(0.0, self._began_s + due_s - time.monotonic()))
            turn, event = next(self._events)
            event = renaming.renamed(event, number=number, turn=turn, at_ms=self.began_ms + int(due_s * 1_000))
            await self._room.acquire()
            acknowledgement = await producer.send(event)
            self.measured.send(number, self.passed_s)
            self.customers[event.customer or ""] = None
            acknowledgement.add_done_callback(partial(self._acknowledged, number))

    def _acknowledged(self, number: int, acknowledgement: asyncio.Future[Any]) -> None:
        self._room.release()
        at_s = self.passed_s
        if acknowledgement.cancelled():
            self.measured.fail(number, "given up")
        elif (error := acknowledgement.exception()) is not None:
            self.measured.fail(number, type(error).__name__)
        else:
            stands = acknowledgement.result()
            at = TopicPartition(stands.topic, stands.partition)
            self._sent_to[at] = max(self._sent_to.get(at, 0), stands.offset + 1)
            self.measured.acknowledge(number, at_s)

    def _read(self, record: ConsumerRecord) -> None:
        number = self.answering.number_of(record)
        if number is not None:
            self.measured.answer(number, self.passed_s)

    async def _until_handled(self) -> None:
        """Wait until the group has committed what the broker has, or the plan's patience is over."""
        deadline = time.monotonic() + self.plan.wait_s
        while True:
            try:
                committed = (await group_at(self.target.broker, self.target.group)).committed
                self.not_handled = not_handled(self._sent_to, committed)
            except (BrokerAway, KafkaError):
                self.not_handled = max(1, self.not_handled)  # nobody can tell
            if self.not_handled == 0 or time.monotonic() > deadline:
                break
            await asyncio.sleep(LOOK_AGAIN_S)
        await asyncio.sleep(READABLE_S)


@asynccontextmanager
async def _producer(broker: Broker) -> AsyncIterator[AIOKafkaProducer]:
    producer = producer_of(broker, **SENDING)
    try:
        await producer.start()
        yield producer
    except KafkaError as fault:
        raise BrokerAway(f"Kafka at {broker} does not answer any more: {fault or type(fault).__name__}.") from fault
    finally:
        await producer.stop()
