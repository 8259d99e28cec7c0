"""The trainer as a process, from settings to exit code."""

import asyncio
from collections.abc import Sequence

from stream.agents.app import build_app, kafka_producer
from stream.agents.learn_ranker import RankerTrainer
from stream.agents.run import run_app
from stream.contracts.topics import TRAINING
from stream.engine.record import Outgoing
from stream.ops.trainer import trainer_ops
from stream.settings import Settings
from stream.tracing.opening import of_chunks, tracing
from stream.transport.newest import newest_model
from stream.transport.producer import send_all


async def run_trainer(settings: Settings, stop: asyncio.Event | None = None) -> int:
    """Train until told to stop; returns the exit code."""
    group = f"{settings.group}-trainer"

    async def send(outgoing: Sequence[Outgoing]) -> None:
        await send_all(kafka_producer(app), outgoing)

    trainer = RankerTrainer(newest=lambda: newest_model(settings.kafka), send=send)
    app = build_app(settings, trainer, group=group, topics=[TRAINING])
    async with tracing("tsuide-trainer") as tracer, trainer_ops(settings.ops_listen, trainer, app):
        trainer.watched_by = of_chunks(tracer, unit="fetch", group=group)
        return await run_app(app, settings, beside=trainer.publish_for_ever, stop=stop)
