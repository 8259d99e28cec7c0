"""What one event costs inside the worker: recommending, and learning it (shared memory and example)."""

import time
from pathlib import Path

import numpy as np

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.answers import answers
from online_models.learn import Learner
from online_models.memory.shared import SharedMemory
from online_models.policy.policy import Policy
from online_models.policy.sample import in_sample
from online_models.ranker import step
from online_models.recommend import Occasion, Recommendation, recommend
from stream.contracts.events import Event, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.engine.caches import MAX_LIVE_SESSIONS, Live, Lru
from stream.engine.decode import Decoded
from stream.engine.outgoing import candidates_record
from stream.engine.record import Record
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure

EVENTS, COUNTED = 30_000, 10_000  # the last ones are counted, once the memory is warm


async def recommending(folder: Path) -> list[Figure]:
    """Return the percentiles of `recommend`, and of taking in, stepping and learning an event."""
    bench = _Bench()
    for number, event in enumerate(log_events(EVENTS)):
        bench.one(number, event)
    share = 100 * sum(bench.sample_us[-COUNTED:]) / sum(bench.recommend_us[-COUNTED:])
    return [
        *_spread("recommend", bench.recommend_us, 500),
        *_spread("an event learnt", bench.learn_us, 250),
        Figure("the audit's sample beside recommend", share, "%", 1, note=f"thread CPU, n={COUNTED}"),
    ]


class _Bench:
    def __init__(self) -> None:
        self.memory, self.catalog, self.learner = SharedMemory(), Catalog(), Learner()
        self.weights, self.policy = self.learner.weights(), Policy.default()
        self.profiles: dict[str, Profile] = {}
        self.live: Lru[Live] = Lru(MAX_LIVE_SESSIONS)  # held as the worker holds them: what is freed is used again
        self.recommend_us: list[float] = []
        self.learn_us: list[float] = []
        self.sample_us: list[float] = []

    def one(self, number: int, event: Event) -> None:
        """Do with one event what worker and trainer do."""
        customer = event.customer or ""
        profile = fold(self.profiles.get(customer, EMPTY), event)
        self.profiles[customer] = profile
        session = session_of(profile, customer, event.session_id, event.event_time_ms)
        learning_us = self._teach(event, customer)
        started = time.thread_time_ns()
        recommendation = recommend(
            Occasion(event, customer, session, profile),
            memory=self.memory,
            catalog=self.catalog,
            weights=self.weights,
            policy=self.policy,
            now_ms=event.event_time_ms,
        )
        self.recommend_us.append((time.thread_time_ns() - started) / 1_000)
        lying = Record("log", 0, number, event.event_time_ms, None, None)
        self._keep_sample(Decoded(lying, Origin("log", 0, number), customer, event), recommendation)
        self.live.put((0, customer), Live(session.key, event.event_time_ms, event.items[0].item_id, recommendation.ranked))
        record = MemoryRecord(
            Origin("log", 0, number),
            customer,
            session.key,
            name_of(event),
            event.event_time_ms,
            tuple(Remembered(item.item_id, item.price, item.leaf_category) for item in event.items),
        )
        started = time.thread_time_ns()
        self.memory.take_in(record)
        self.learn_us.append(learning_us + (time.thread_time_ns() - started) / 1_000)

    def _keep_sample(self, decoded: Decoded, recommendation: Recommendation) -> None:
        """Do with an answer what the worker does for the audit."""
        started = time.thread_time_ns()
        if any(one.items for one in recommendation.lists) and in_sample(str(decoded.origin), self.policy.audit):
            for ranked in recommendation.ranked.values():
                candidates_record(decoded, ranked, versions=(self.weights.version, self.policy.version))
        self.sample_us.append((time.thread_time_ns() - started) / 1_000)

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
