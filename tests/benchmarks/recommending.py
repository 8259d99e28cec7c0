"""What one event costs inside the worker: recommending, and learning it (shared memory and example)."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.answers import answers
from online_models.learn import Learner
from online_models.policy.policy import Policy
from online_models.policy.sample import in_sample
from online_models.ranker import step
from online_models.recommend import Recommendation, recommend
from stream.contracts.events import Event, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.engine.caches import MAX_LIVE_SESSIONS, Live, Lru
from stream.engine.decode import Decoded
from stream.engine.foresight import AHEAD, Foresight
from stream.engine.knowledge import Knowledge
from stream.engine.outgoing import candidates_record
from stream.engine.record import Record
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure

EVENTS, COUNTED = 30_000, 10_000  # the last ones are counted, once the memory is warm


async def recommending(folder: Path) -> list[Figure]:
    """Return the percentiles of `recommend`, and of taking in, stepping and learning an event."""
    bench, coming = _Bench(), [_decoded(number, event) for number, event in enumerate(log_events(EVENTS))]
    for begin in range(0, len(coming), AHEAD):
        bench.chunk(coming[begin : begin + AHEAD])
    share = 100 * sum(bench.sample_us[-COUNTED:]) / sum(bench.recommend_us[-COUNTED:])
    return [
        *_spread("recommend", bench.recommend_us, 500),
        *_spread("an event learnt", bench.learn_us, 250),
        Figure("the audit's sample beside recommend", share, "%", 1, note=f"thread CPU, n={COUNTED}"),
    ]


def _decoded(number: int, event: Event) -> Decoded:
    return Decoded(Record("log", 0, number, event.event_time_ms, None, None), Origin("log", 0, number), event.customer or "", event)


class _Bench:
    def __init__(self) -> None:
        self.learner = Learner()
        self.know = Knowledge(Policy.default(), weights=self.learner.weights())
        self.ahead = Foresight(self.know)
        self.profiles: dict[str, Profile] = {}
        self.live: Lru[Live] = Lru(MAX_LIVE_SESSIONS)  # held as the worker holds them: what is freed is used again
        self.recommend_us: list[float] = []
        self.learn_us: list[float] = []
        self.sample_us: list[float] = []

    def chunk(self, coming: Sequence[Decoded]) -> None:
        """Do with these events what worker and trainer do: look at all of them, answer each, remember them all."""
        started = time.thread_time_ns()
        self.ahead.look([(one, self.profiles.get(one.customer, EMPTY)) for one in coming])
        looked_us = (time.thread_time_ns() - started) / 1_000 / len(coming)
        learnt_us = [self._answer(one, looked_us) for one in coming]
        for one, learning_us in zip(coming, learnt_us, strict=True):
            started = time.thread_time_ns()
            self.know.memory.take_in(self._remembered(one))
            self.learn_us.append(learning_us + (time.thread_time_ns() - started) / 1_000)

    def _answer(self, decoded: Decoded, looked_us: float) -> float:
        """Answer one event, and return the microseconds that its lesson took; `looked_us`: its share of looking ahead."""
        event, know, customer = decoded.event, self.know, decoded.customer
        started = time.thread_time_ns()
        foreseen = self.ahead.of(decoded, event, self.profiles.get(customer, EMPTY))
        foreseen_us = (time.thread_time_ns() - started) / 1_000
        learning_us = self._teach(event, customer)
        started = time.thread_time_ns()
        recommendation = recommend(
            foreseen.occasion,
            memory=know.memory,
            catalog=know.catalog,
            weights=know.weights,
            policy=know.policy,
            now_ms=event.event_time_ms,
            browse=foreseen.browse,
        )
        self.recommend_us.append(looked_us + foreseen_us + (time.thread_time_ns() - started) / 1_000)
        self._keep_sample(decoded, recommendation)
        session = foreseen.occasion.session
        self.profiles[customer] = foreseen.occasion.profile
        self.live.put((0, customer), Live(session.key, event.event_time_ms, event.items[0].item_id, recommendation.ranked))
        return learning_us

    def _remembered(self, decoded: Decoded) -> MemoryRecord:
        event = decoded.event
        session = session_of(self.profiles[decoded.customer], decoded.customer, event.session_id, event.event_time_ms)
        items = tuple(Remembered(item.item_id, item.price, item.leaf_category) for item in event.items)
        return MemoryRecord(decoded.origin, decoded.customer, session.key, name_of(event), event.event_time_ms, items)

    def _keep_sample(self, decoded: Decoded, recommendation: Recommendation) -> None:
        """Do with an answer what the worker does for the audit. The clock itself takes half a microsecond, which is not counted."""
        if not any(one.items for one in recommendation.lists):
            self.sample_us.append(0.0)
            return
        before, started = time.thread_time_ns(), time.thread_time_ns()
        if in_sample(str(decoded.origin), self.know.policy.audit):
            for ranked in recommendation.ranked.values():
                candidates_record(decoded, ranked, versions=(self.know.weights.version, self.know.policy.version))
        self.sample_us.append((time.thread_time_ns() - started - (started - before)) / 1_000)

    def _teach(self, event: Event, customer: str) -> float:
        live = self.live.get((0, customer))
        if live is None:
            return 0.0
        started = time.thread_time_ns()
        for ranked, taken in answers(event, live.ranked, live.on_screen):
            lesson = step(ranked, taken)
            if lesson is not None:
                self.learner.learn(lesson.head, lesson.bucket, lesson.z, lesson.loss)
        return (time.thread_time_ns() - started) / 1_000


def _spread(name: str, times_us: list[float], bound_us: float) -> list[Figure]:
    p50, p90, p99 = np.percentile(np.array(times_us[-COUNTED:]), [50, 90, 99]).tolist()
    note = f"thread CPU, n={COUNTED}"
    return [
        Figure(f"{name} p50", p50, "us", bound_us, note=note),
        Figure(f"{name} p90", p90, "us", note=note),
        Figure(f"{name} p99", p99, "us", note=note),
    ]
