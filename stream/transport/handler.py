"""What a batch transport drives: the worker's engine, or the trainer."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from aiokafka import ConsumerRecord  # type: ignore[import-untyped]

from stream.engine.patience import Patience
from stream.engine.positions import Offsets
from stream.engine.record import Record, TopicPartition


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

    async def handle(self, fetched: Mapping[TopicPartition, Sequence[Record]]) -> Offsets:
        """Work a fetch; returns where to seek before the next."""


def record_of(fetched: ConsumerRecord) -> Record:
    """Return what the broker's client fetched as the engine takes it in."""
    return Record(fetched.topic, fetched.partition, fetched.offset, fetched.timestamp, fetched.key, fetched.value, tuple(fetched.headers))
