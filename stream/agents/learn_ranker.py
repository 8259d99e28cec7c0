"""The agent `learn_ranker`: takes every example's step, joins what was shown with what became of it, publishes the weights."""

import asyncio
import base64
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
import numpy as np

from online_models.heads import HEADS
from online_models.learn import Learner, Progress
from online_models.uptake.train import UptakeTrainer
from stream.contracts.topics import MODELS, TRAINING
from stream.contracts.training import Candidates, Example, ModelRecord, Training
from stream.engine.ownership import Send
from stream.engine.patience import Away, Patience
from stream.engine.positions import Offsets, Positions
from stream.engine.record import Outgoing, Record, TopicPartition
from stream.engine.watching import Finished, Stage, Watch
from stream.telling.logger import at, logger_of

logger = logger_of(__name__)
AT = TopicPartition(TRAINING, 0)
PUBLISH_EVERY_MS = 2_000
_TRAINING = msgspec.json.Decoder(Training)


def _untold(model: ModelRecord) -> None:
    """Tell nobody."""


class RankerTrainer:
    """Learns the training topic in order. Its truth is the newest model record: what is learnt, and where to resume.

    An example that comes again (a worker crashed between sending and forgetting what it sent) is known by its origin,
    which grows within each input partition, and is not learnt twice. What was shown and still waits for its outcome is not stored:
    after a start the topic is read again from the oldest such record on, and what lies before `learnt_to` is joined, not learnt.
    """

    def __init__(
        self,
        *,
        newest: Callable[[], Awaitable[ModelRecord | None]],
        send: Send,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        tell: Callable[[ModelRecord], None] = _untold,
    ) -> None:
        self._newest, self._send, self._wall_ms, self._tell = newest, send, wall_ms, tell
        self.patience = Patience(Away)
        self._positions = Positions()
        self._learner, self._uptake = Learner(), UptakeTrainer()
        self._seen: dict[str, int] = {}
        self._learnt_to = self._published_to = 0
        self._published_ms = self._newest_ms = 0  # when by our clock, and by whoever published the newest
        self.tally: Counter[str] = Counter()
        self.done: Offsets = {}
        self.batches = 0
        self.in_hand: Record | None = None
        self.watched_by: Watch | None = None

    @property
    def standing(self) -> Mapping[TopicPartition, int]:
        """The next offset, where the training topic is ours."""
        return self._positions.next

    @property
    def published(self) -> tuple[int, int]:
        """Version of the newest model that was published, and when, in milliseconds since 1970; 0 where this process has seen none."""
        return self._published_to, self._newest_ms

    def progress(self) -> dict[str, Progress]:
        """Return how far each head has come, and the uptake model under the name `uptake`."""
        return self._learner.progress() | {"uptake": self._uptake.progress()}

    @property
    def calibration_error(self) -> float:
        """The mean distance of the uptake told and the uptake seen, of late; 0 to 1."""
        return self._uptake.calibration_error

    async def strange(self, ends: Offsets, ids: Mapping[str, str]) -> Offsets:
        """Return how far was learnt where the topic ends before that; a model does not remember its id."""
        return {at: self._learnt_to for at, end in ends.items() if end < self._learnt_to}

    async def assign(self, log_starts: Mapping[TopicPartition, int]) -> Offsets:
        """Take up where the newest model record stands; another trainer may have gone further meanwhile."""
        self._positions.leave()
        self.done = {}
        self.tally["assignments"] += 1
        if AT not in log_starts:
            return {}
        model = await self.patience.until_done("the broker", self._newest)
        self._learner = Learner.of(model.heads if model else {})
        self._uptake = UptakeTrainer(model.uptake if model else None)
        self._seen = dict(model.seen) if model else {}
        self._learnt_to = self._published_to = model.learnt_to if model else 0
        self._newest_ms = model.published_ms if model else 0
        targets = {AT: max(model.resume_from if model else 0, log_starts[AT])}
        self._positions.place(targets)
        return targets

    async def look(self) -> Offsets:
        """Return nothing: what the trainer stands by is in its memory."""
        return {}

    async def leave(self) -> None:
        """Publish what was learnt last."""
        await self.publish_when_due(at_once=True)

    async def handle(self, fetched: Mapping[TopicPartition, Sequence[Record]]) -> Offsets:
        """Learn a fetch in order of offset; a record that cannot be read is counted and passed over."""
        contiguous, seeks = self._positions.contiguous(fetched)
        began_s, records = time.perf_counter(), contiguous.get(AT, ())
        for record in records:
            self.in_hand = record
            self._take(record, again=record.offset < self._learnt_to)
            self._learnt_to = max(self._learnt_to, record.offset + 1)
            self._positions.place({AT: record.offset + 1})
        self.in_hand = None
        self.batches += 1
        learnt_s = time.perf_counter()
        await self.publish_when_due()
        if self.watched_by is not None:
            self.watched_by(Finished(tuple(records), (Stage("learn", began_s, learnt_s), Stage("publish", learnt_s, time.perf_counter()))))
        return seeks

    async def publish_when_due(self, *, at_once: bool = False) -> None:
        """Publish the weights if something was learnt and the last ones are two seconds old, or `at_once`."""
        now_ms = self._wall_ms()
        due = at_once or now_ms - self._published_ms >= PUBLISH_EVERY_MS
        if self._learnt_to == self._published_to or not due:
            return
        resume_from = self._uptake.resume_from(self._learnt_to)
        model = ModelRecord(self._learnt_to, resume_from, now_ms, self._learner.state(), dict(self._seen), self._uptake.state())
        record = Outgoing(MODELS, 0, b"ranker", msgspec.json.encode(model), now_ms)
        self._tell(model)
        self._published_ms = now_ms
        await self.patience.until_done("the broker", lambda: self._send([record]))
        self._published_to, self._newest_ms = model.learnt_to, now_ms
        self.done = {AT: model.learnt_to}
        self.tally["models"] += 1

    async def publish_for_ever(self) -> None:
        """Publish what was learnt last also when no further example comes."""
        while True:
            await asyncio.sleep(PUBLISH_EVERY_MS / 1_000)
            await self.publish_when_due()

    def _take(self, record: Record, *, again: bool) -> None:
        try:
            entry = _TRAINING.decode(record.value or b"")
            if isinstance(entry, Candidates):
                self.tally["candidates"] += 1
            elif not isinstance(entry, Example):
                said = self._uptake.take(entry, offset=record.offset, written_ms=record.timestamp_ms, again=again)
                self.tally[f"again_{said}" if again else said] += 1
            elif not again:
                self._learn(entry)
        except (msgspec.DecodeError, ValueError) as error:
            self.tally["unreadable"] += 1
            logger.warning("training record passed over", **at(record), error=str(error))

    def _learn(self, entry: Example) -> None:
        z = np.frombuffer(base64.b64decode(entry.z), dtype="<f4")
        head = HEADS.get(entry.head)
        if head is None or len(z) != len(head.features) or not 0 <= entry.bucket < head.buckets:
            self.tally["foreign"] += 1  # a worker of another release: its features are not these
            return
        source = f"{entry.origin.topic}:{entry.origin.partition}:{entry.head}"
        if entry.origin.offset <= self._seen.get(source, -1):
            self.tally["repeats"] += 1
            return
        self._seen[source] = entry.origin.offset
        self._learner.learn(entry.head, entry.bucket, z, entry.loss)
        self.tally["examples"] += 1
