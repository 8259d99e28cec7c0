"""What the shop gets to see: suggestions, weights, dead letters."""

import time
from collections.abc import Sequence

import msgspec
from aiokafka import TopicPartition as KafkaPartition  # type: ignore[import-untyped]

from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import DEAD_LETTERS, MODELS, SUGGESTIONS
from stream.contracts.training import ModelRecord
from stream.demo.score import Score
from stream.engine.record import TopicPartition
from stream.transport.topics import partition_count

WATCHED = (SUGGESTIONS, MODELS, DEAD_LETTERS)
WAIT_MS = 5  # of an empty fetch: the mock cluster answers no earlier, even if something comes
_SUGGESTION = msgspec.json.Decoder(Suggestion)
_MODEL = msgspec.json.Decoder(ModelRecord)


class Observer:
    """Reads everything that the worker and the trainer publish from where the topics end now."""

    def __init__(self, broker: Broker, score: Score) -> None:
        self._consumer = consumer_of(
            broker, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=WAIT_MS
        )
        self._broker, self._score = broker, score
        self.dead_letters = 0
        self.model_version: int | None = None
        self.log_loss: float | None = None

    async def start(self) -> None:
        """Stand at the end of every watched topic."""
        await self._consumer.start()
        ends = await self.ends(WATCHED)
        self._consumer.assign([KafkaPartition(*at) for at in ends])
        for at, end in ends.items():
            self._consumer.seek(KafkaPartition(*at), end)

    async def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """Return where these topics end now."""
        wanted = [KafkaPartition(topic, number) for topic in topics for number in range(await partition_count(self._broker, topic))]
        return {TopicPartition(*at): end for at, end in (await self._consumer.end_offsets(wanted)).items()}

    async def run(self) -> None:
        """Read for ever."""
        while True:
            for at, records in (await self._consumer.getmany(timeout_ms=1_000)).items():
                for record in records:
                    self._take(at.topic, record.value or b"")

    async def stop(self) -> None:
        """Let go of the connection."""
        await self._consumer.stop()

    def _take(self, topic: str, value: bytes) -> None:
        if topic == SUGGESTIONS:
            self._score.suggested(_SUGGESTION.decode(value), time.monotonic())
        elif topic == DEAD_LETTERS:
            self.dead_letters += 1
        else:
            model = _MODEL.decode(value)
            self.model_version, self.log_loss = model.learnt_to, mean_log_loss(model)


def mean_log_loss(model: ModelRecord) -> float | None:
    """Return the heads' running log loss, each weighted by its examples; None before the first example."""
    learnt = [head for head in model.heads.values() if head.examples]
    total = sum(head.examples for head in learnt)
    return sum(head.log_loss * head.examples for head in learnt) / total if total else None
