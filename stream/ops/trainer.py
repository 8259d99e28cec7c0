"""What a trainer offers to operations."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager

from prometheus_client.metrics_core import Metric

from stream.agents.app import BatchApp, kafka_producer
from stream.agents.learn_ranker import RankerTrainer
from stream.ops.health import Finding, Standing, of_broker, of_standing
from stream.ops.metrics.member import member_metrics
from stream.ops.metrics.trainer import trainer_metrics
from stream.ops.server import ops_server
from stream.ops.worker import now_ms, reading_of


def trainer_ops(address: str, trainer: RankerTrainer, app: BatchApp) -> AbstractAsyncContextManager[str | None]:
    """Serve the trainer's metrics and health at `address`, where there is one. A second trainer, which stands by, is ready too."""

    def metrics() -> Iterator[Metric]:
        yield from member_metrics(trainer, reading_of(app, assigned=trainer.tally["assignments"] > 0))
        yield from trainer_metrics(trainer, now_ms())

    async def check() -> list[Finding]:
        assignments = trainer.tally["assignments"]
        waits = trainer.patience
        standing = Standing(assignments=assignments, partitions=len(trainer.standing), waiting_for=waits.waiting_for, why=waits.why)
        return [*of_standing(standing), *(await of_broker(kafka_producer(app)) if assignments else [])]

    return ops_server(address, sources=[metrics], check=check)
