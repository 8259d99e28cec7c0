"""How far a replay has come: every record that it writes says which replay it is of, and where in its log it stood."""

from collections.abc import Mapping, Sequence
from zlib import crc32

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.away import clear_refusals
from stream.connection.kafka import Broker
from stream.contracts.topics import CATALOG, INPUTS
from stream.engine.record import Record, TopicPartition
from stream.errors import StreamError
from stream.ops.lag.look import onlooker

HEADER = "replay"
FEED = (*INPUTS, CATALOG)  # the topics that a log is fed into
WIDER = 64  # times as many records are looked at, where none of the last ones is the replay's
POLL_MS = 500
CHOICES = "--from, --to, --customer, --event, --limit and --format"


class OtherReplay(StreamError):
    """What is to be gone on with was begun with other choices, or from another log."""


class Mark(Struct, frozen=True):
    """`replay_id/choices address`: choices is a checksum of what was chosen of the log, address the record's `topic:partition:offset`."""

    replay_id: str
    choices: str
    address: str

    @property
    def header(self) -> bytes:
        """Return what stands in the header."""
        return f"{self.replay_id}/{self.choices} {self.address}".encode()

    @classmethod
    def of(cls, headers: Mapping[str, bytes | None]) -> "Mark | None":
        """Return the mark among a record's headers, or None."""
        run, _, address = (headers.get(HEADER) or b"").decode(errors="replace").partition(" ")
        replay_id, _, choices = run.partition("/")
        return cls(replay_id, choices, address) if address else None


def choices_of(*said: object) -> str:
    """Return the checksum of what was chosen, 8 hex digits."""
    return f"{crc32(repr(said).encode()):08x}"


def place_of(record: Record, partitions: int) -> TopicPartition:
    """Return where a record of a log is fed into: its own partition number, as far as there are so many."""
    return TopicPartition(record.topic, 0 if record.topic == CATALOG else record.partition % partitions)


async def come_to(
    broker: Broker, replay_id: str, choices: str, partitions: int, *, topics: Sequence[str] = FEED
) -> dict[TopicPartition, str]:
    """Return the address of the record that a replay has written last, by where it wrote it; absent: nothing there yet.

    Looks back from the end of each partition, as far as others have written since: some 5 ms each where nobody has.

    Raises:
        BrokerAway: Kafka does not answer.
        OtherReplay: it was begun with other choices.
    """
    found: dict[TopicPartition, str] = {}
    async with clear_refusals(broker):
        consumer = onlooker(broker)
        try:
            await consumer.start()
            parts = [KafkaPartition(topic, number) for topic in topics for number in range(1 if topic == CATALOG else partitions)]
            firsts, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
            for at in parts:
                mark = await _last(consumer, at, firsts[at], ends[at], replay_id, partitions)
                if mark is not None and mark.choices != choices:
                    raise OtherReplay(f"Replay {replay_id} was begun with other choices: give the same {CHOICES}.")
                if mark is not None:
                    found[TopicPartition(*at)] = mark.address
        finally:
            await consumer.stop()
    return found


async def _last(consumer: AIOKafkaConsumer, at: KafkaPartition, first: int, end: int, replay_id: str, partitions: int) -> Mark | None:
    """Return the newest mark of a replay in one partition; a record that a worker has passed on stands elsewhere than its mark says."""
    consumer.assign([at])
    width, until = 1, end
    while until > first:
        start = max(first, until - width)
        newest: Mark | None = None
        consumer.seek(at, start)
        while await consumer.position(at) < until:
            for record in (await consumer.getmany(at, timeout_ms=POLL_MS)).get(at, ()):
                mark = _mark_in(record, replay_id, partitions)
                newest = mark if mark is not None and record.offset < until else newest
        if newest is not None:
            return newest
        width, until = width * WIDER, start
    return None


def _mark_in(record: ConsumerRecord, replay_id: str, partitions: int) -> Mark | None:
    mark = Mark.of(dict(record.headers))
    if mark is None or mark.replay_id != replay_id:
        return None
    _, _, number = mark.address.rpartition(":")[0].rpartition(":")
    own = number.isdecimal() and (record.topic == CATALOG or int(number) % partitions == record.partition)
    return mark if own else None
