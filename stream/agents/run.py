"""Running one agent as a process: signals, watchdog, orderly end, exit code."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from stream.agents.app import BatchApp
from stream.agents.watchdog import StallWatchdog, end_after
from stream.connection.away import clear_refusals
from stream.exits import INTERNAL, OK
from stream.settings import Settings
from stream.telling.logger import at, logger_of
from stream.transport.handler import left

logger = logger_of(__name__)


async def run_app(
    app: BatchApp,
    settings: Settings,
    *,
    beside: Callable[[], Coroutine[Any, Any, None]],
    stop: asyncio.Event | None = None,
) -> int:
    """Run until SIGTERM, Ctrl-C or a crash; returns the exit code.

    `beside` runs along for ever: should it end by an error, so does the process. At the end the handler leaves while the app still
    lives: what is due is published. An end that takes longer than the settings allow, which Faust's does while the broker is away, is
    cut off by a thread.

    Raises:
        BrokerAway: Kafka does not answer at the start, or does not let us in.
        RightsMissing: the user may not do what a process of this kind does.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with clear_refusals(settings.kafka):
        await app.start()
    watchdog = watch(app, settings)
    watchdog.start()
    running = asyncio.create_task(beside(), name="beside the app")
    try:
        await _until_one_ends(asyncio.ensure_future(stop.wait()), asyncio.ensure_future(app._crashed.wait()), running)
        if (fault := app.crash_reason or _fault_of(running)) is not None:  # told before the end, which may be cut off
            logger.error("stopping after a fault", **at(app.handler.in_hand), exc_info=fault)
    finally:
        watchdog.stop()
        deadline = end_after(settings.shutdown_s, in_hand=lambda: app.handler.in_hand)
        await left(app.handler, within_s=settings.shutdown_s)
        await app.stop()
        deadline.cancel()
    fault = app.crash_reason or _fault_of(running)
    if fault is not None:
        logger.critical("process ends", exit_code=INTERNAL, reason="fault", error=type(fault).__name__, **at(app.handler.in_hand))
        return INTERNAL
    return OK


def watch(app: BatchApp, settings: Settings) -> StallWatchdog:
    """Return the watchdog of a running app."""
    consumer: Any = app.consumer
    return StallWatchdog(
        limit_s=settings.stall_s,
        batches=lambda: app.handler.batches,
        polls=lambda: consumer.polls,
        behind=consumer.behind,
        declared=lambda: app.handler.patience.waiting_for,
        in_hand=lambda: app.handler.in_hand,
    )


async def _until_one_ends(*tasks: asyncio.Future[Any]) -> None:
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def _fault_of(task: asyncio.Task[None]) -> BaseException | None:
    return task.exception() if task.done() and not task.cancelled() else None
