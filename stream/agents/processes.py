"""The two processes, from settings to exit code."""

import asyncio
import gc
import logging
from collections.abc import Sequence
from contextlib import suppress

from stream.agents.app import build_app, kafka_producer
from stream.agents.learn_ranker import PUBLISH_EVERY_MS, RankerTrainer
from stream.agents.make_suggestions import SuggestionWorker
from stream.agents.run import run_app
from stream.contracts.topics import TRAINING
from stream.engine.record import Outgoing
from stream.settings import Settings
from stream.transport.newest import newest_model
from stream.transport.producer import send_all

logger = logging.getLogger(__name__)


async def run_worker(settings: Settings, stop: asyncio.Event | None = None) -> int:
    """Suggest until told to stop; returns the exit code.

    The shared memory is read first, as far as it stood at the start: before that, nothing is suggested.
    """
    worker = SuggestionWorker(settings)
    try:
        await worker.know()
        know = worker.knowledge
        logger.info(
            "knows %d remembered events and %d articles; ranker %d, policy %s",
            know.memory.version, len(know.catalog), know.weights.version, know.policy.version,
        )  # fmt: skip
        gc.freeze()  # what was read at the start lives on: collections need not look at it again
        return await run_app(worker.app, settings, at_end=_nothing, stop=stop)
    finally:
        await worker.aclose()


async def run_trainer(settings: Settings, stop: asyncio.Event | None = None) -> int:
    """Train until told to stop; returns the exit code."""

    async def send(outgoing: Sequence[Outgoing]) -> None:
        await send_all(kafka_producer(app), outgoing)

    trainer = RankerTrainer(newest=lambda: newest_model(settings.kafka_bootstrap_servers), send=send)
    app = build_app(settings, trainer, group=f"{settings.group}-trainer", topics=[TRAINING])
    publishing = asyncio.create_task(_publish_when_due(trainer), name="publish weights")
    try:
        return await run_app(app, settings, at_end=lambda: trainer.publish_when_due(at_once=True), stop=stop)
    finally:
        publishing.cancel()
        with suppress(asyncio.CancelledError):
            await publishing


async def _publish_when_due(trainer: RankerTrainer) -> None:
    """Publish what was learnt last also when no further example comes."""
    while True:
        await asyncio.sleep(PUBLISH_EVERY_MS / 1_000)
        await trainer.publish_when_due()


async def _nothing() -> None:
    return None
