"""The worker as a process, from settings to exit code."""

import asyncio
import gc

from stream.agents.make_suggestions import SuggestionWorker
from stream.agents.run import run_app
from stream.agents.watchdog import end_after
from stream.exits import OK
from stream.ops.worker import worker_ops
from stream.settings import Settings
from stream.telling.logger import logger_of
from stream.tracing.opening import of_chunks, tracing

logger = logger_of(__name__)
# A full collection walks the whole shared memory, a quarter of a second in which nobody is answered. What we make has hardly any cycles.
COLLECT_AFTER = (50_000, 50, 1_000)


async def run_worker(settings: Settings, stop: asyncio.Event | None = None) -> int:
    """Suggest until told to stop; returns the exit code.

    The shared memory is read first, as far as it stood at the start: before that, nothing is suggested.
    """
    worker = SuggestionWorker(settings)
    try:
        async with tracing("tsuide-worker") as tracer, worker_ops(worker):
            worker.engine.watched_by = of_chunks(tracer, unit="chunk", group=settings.group)
            await worker.know()
            know = worker.knowledge
            logger.info(
                "knowledge read",
                remembered_events=know.memory.version,
                articles=len(know.catalog),
                ranker=know.weights.version,
                policy=know.policy.version,
            )
            gc.freeze()
            gc.set_threshold(*COLLECT_AFTER)
            code = await run_app(worker.app, settings, beside=worker.follow, stop=stop)
            if code == OK:
                await _save(worker)
            return code
    finally:
        await worker.aclose()


async def _save(worker: SuggestionWorker) -> None:
    """Write a last checkpoint, so that the next start has little to read; the partitions are with others by now, so nobody waits."""
    if worker.checkpoints is None:
        return
    deadline = end_after(worker.settings.shutdown_s)
    await worker.checkpoints.write()
    deadline.cancel()
