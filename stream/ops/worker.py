"""What a worker offers to operations."""

import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from prometheus_client.metrics_core import Metric

from stream.agents.app import BatchApp, kafka_producer
from stream.agents.make_suggestions import SuggestionWorker
from stream.engine.measures import Histogram
from stream.ops.health import Finding, Standing, of_broker, of_followers, of_standing, of_store
from stream.ops.metrics.checkpoints import checkpoint_metrics
from stream.ops.metrics.member import Reading, member_metrics
from stream.ops.metrics.worker import engine_metrics, knowledge_metrics, oldest_waiting_s
from stream.ops.server import ops_server
from stream.transport.consumer import PAUSE_BOUNDS_S


def worker_ops(worker: SuggestionWorker) -> AbstractAsyncContextManager[str | None]:
    """Serve the worker's metrics and health, where the settings name an address. It is ready from its first assignment on."""
    engine, knowledge = worker.engine, worker.knowledge

    def metrics() -> Iterator[Metric]:
        yield from member_metrics(engine, reading_of(worker.app, assigned=engine.tally["assignments"] > 0))
        yield from engine_metrics(engine, now_ms())
        yield from knowledge_metrics(knowledge, worker.followers, now_ms())
        if worker.checkpoints is not None:
            yield from checkpoint_metrics(worker.checkpoints, now_ms())

    async def check() -> list[Finding]:
        assignments, partitions = engine.tally["assignments"], {at.partition for at in engine.standing}
        standing = Standing(
            knows_all=worker.knows_all,
            assignments=assignments,
            partitions=len(partitions),
            waiting_for=engine.patience.waiting_for,
            why=engine.patience.why,
            oldest_waiting_s=oldest_waiting_s(engine, now_ms()),
            too_old_s=knowledge.policy.expiry_ms / 1_000,
            policy_fault=knowledge.policy_fault,
        )
        broker = await of_broker(kafka_producer(worker.app)) if assignments else []
        return [*of_standing(standing), *of_followers(worker.followers), *await of_store(worker.store, min(partitions, default=0)), *broker]

    return ops_server(worker.settings.ops_listen, sources=[metrics], check=check)


def reading_of(app: BatchApp, *, assigned: bool) -> Reading:
    """Return how the app reads; nothing before its first assignment."""
    if not assigned:
        return Reading({}, Histogram(PAUSE_BOUNDS_S))
    consumer: Any = app.consumer
    return Reading(consumer.lags(), consumer.rebalances, consumer.commit_age_s)


def now_ms() -> int:
    """Return milliseconds since 1970."""
    return time.time_ns() // 1_000_000
