"""Starting from a checkpoint: the newest that is whole, of this topic, and whose offsets the topic can go on from."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import zstandard
from msgspec import Struct

from online_models.checkpoint.shared import memory_of, shape_of
from online_models.memory.shared import SharedMemory
from stream.checkpoints.file import CheckpointRefused, Header, Identity, Mark, read_checkpoint, read_header
from stream.checkpoints.folder import Folder
from stream.connection.kafka import Broker
from stream.errors import BrokerAway
from stream.telling.logger import logger_of
from stream.transport.standing import Standing, cluster_and_partitions, look_before

logger = logger_of(__name__)
BACKOFF_S = 1.0


class Restored(Struct):
    """What was started from."""

    path: Path
    header: Header
    memory: SharedMemory


async def identity_of(broker: Broker, topic: str, memory: SharedMemory) -> tuple[Identity, int]:
    """Return what a checkpoint of this memory belongs to, and how many partitions the topic has; a broker that is away is waited for."""
    while True:
        try:
            cluster, partitions = await cluster_and_partitions(broker, topic)
            return Identity(topic, shape_of(memory), cluster), partitions
        except BrokerAway as fault:
            await _wait(fault)


async def restore(
    folder: Folder, broker: Broker, wanted: tuple[Identity, int], refused: Callable[[CheckpointRefused], None]
) -> Restored | None:
    """Return the newest checkpoint that can be started from; None where there is none. `refused` is told each that cannot."""
    for path in folder.newest_first():
        try:
            header = await asyncio.to_thread(read_header, path)
            refuse_foreign(path, header, *wanted)
            refuse_moved(path, header, await _standings(broker, header))
            return Restored(path, header, await asyncio.to_thread(_memory, path, header))
        except CheckpointRefused as reason:
            logger.warning("checkpoint not used", path=str(path), kind=reason.kind, reason=reason.why)
            refused(reason)
    return None


def refuse_foreign(path: Path, header: Header, identity: Identity, partitions: int) -> None:
    """Raise CheckpointRefused where the checkpoint does not belong to this topic, cluster and memory."""
    one = header.identity
    for what, found, expected in (
        ("topic", one.topic, identity.topic),
        ("Kafka cluster", one.cluster, identity.cluster),
        ("number of partitions", len(header.marks), partitions),
        ("limits of the memory", one.shape, identity.shape),
    ):
        if found != expected:
            raise CheckpointRefused(path, "foreign", f"its {what}: {found}, here: {expected}")


def refuse_moved(path: Path, header: Header, standings: Mapping[int, Standing]) -> None:
    """Raise CheckpointRefused where the topic does not go on from the checkpoint's offsets, or is not the one that was read before them."""
    for number, mark in header.marks.items():
        found = standings[number]
        where = f"{header.identity.topic}:{number}"
        if mark.next < found.first:
            raise CheckpointRefused(
                path, "offsets", f"{where} begins at {found.first}, after its {mark.next}: what is missing was deleted by retention"
            )
        if mark.next > found.end:
            raise CheckpointRefused(path, "offsets", f"{where} ends at {found.end}, before its {mark.next}: the topic was made anew")
        if mark.before is not None and mark.next > found.first and found.before != mark.before:
            raise CheckpointRefused(path, "offsets", f"{where} holds another record before {mark.next}: the topic was made anew")


async def _standings(broker: Broker, header: Header) -> dict[int, Standing]:
    while True:
        try:
            return await look_before(broker, header.identity.topic, offsets_of(header.marks))
        except BrokerAway as fault:
            await _wait(fault)


def offsets_of(marks: Mapping[int, Mark]) -> dict[int, int]:
    """Return the next offset of each partition."""
    return {number: mark.next for number, mark in marks.items()}


def _memory(path: Path, header: Header) -> SharedMemory:
    try:
        return memory_of(read_checkpoint(path)[1], header.windows)
    except (LookupError, ValueError, TypeError, zstandard.ZstdError) as fault:  # whole by its checksum: a fault of who wrote it
        logger.exception("checkpoint cannot be understood", path=str(path))
        raise CheckpointRefused(path, "damaged", f"it cannot be understood ({type(fault).__name__}: {fault})") from fault


async def _wait(fault: BrokerAway) -> None:
    logger.warning("topic of the checkpoints not seen now", error=str(fault), again_in_s=BACKOFF_S)
    await asyncio.sleep(BACKOFF_S)
