"""What a batch transport drives: the worker's engine, or the trainer."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from aiokafka import ConsumerRecord  # type: ignore[import-untyped]

from stream.engine.patience import Patience
from stream.engine.positions import Offsets
from stream.engine.record import Record, TopicPartition
from stream.telling.logger import logger_of

logger = logger_of(__name__)


class Handler(Protocol):
    """Something that works fetches and knows better than the group where to read on."""

    done: Offsets
    batches: int
    patience: Patience

    @property
    def in_hand(self) -> Record | None:
        """The record that is worked at this moment, or None."""

    @property
    def standing(self) -> Mapping[TopicPartition, int]:
        """The next offset of every partition that is its own."""

    async def strange(self, ends: Offsets, ids: Mapping[str, str]) -> Offsets:
        """Return how far another log was handled where one of these stands now.

        It ends before that, or its topic has not the id that is remembered; `ids` holds those that the broker tells.
        """

    async def assign(self, log_starts: Mapping[TopicPartition, int]) -> Offsets:
        """Take over these partitions, and no others; returns where to read on."""

    async def look(self) -> Offsets:
        """Hold where it stands against what it keeps elsewhere; returns where to seek. Called now and then between two fetches."""

    async def leave(self) -> None:
        """Publish what can be, and own nothing any more: others come now."""

    async def handle(self, fetched: Mapping[TopicPartition, Sequence[Record]]) -> Offsets:
        """Work a fetch; returns where to seek before the next."""


async def left(handler: Handler, *, within_s: float) -> None:
    """Let the handler leave in order; where a server keeps it from that for so long, the next owner does what is left."""
    try:
        await asyncio.wait_for(handler.leave(), within_s)
    except Exception as fault:
        logger.warning("not left in order", error=repr(fault))


def record_of(fetched: ConsumerRecord, topic: str | None = None) -> Record:
    """Return what the broker's client fetched as the engine takes it in; `topic`: by which name, where it is another one there."""
    return Record(
        topic or fetched.topic, fetched.partition, fetched.offset, fetched.timestamp, fetched.key, fetched.value, tuple(fetched.headers)
    )
