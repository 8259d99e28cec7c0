"""Running one agent as a process: signals, watchdog, orderly end, exit code."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from stream.agents.app import BatchApp
from stream.agents.watchdog import StallWatchdog, end_after
from stream.exits import INTERNAL, OK
from stream.settings import Settings

logger = logging.getLogger(__name__)


async def run_app(app: BatchApp, settings: Settings, *, at_end: Callable[[], Awaitable[None]], stop: asyncio.Event | None = None) -> int:
    """Run until SIGTERM, Ctrl-C or a crash; returns the exit code.

    `at_end` is called while the app still lives (publish what is due). An end that takes longer than the settings allow,
    which Faust's does while the broker is away, is cut off by a thread.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await app.start()
    watchdog = watch(app, settings)
    watchdog.start()
    try:
        await _until_stopped_or_crashed(app, stop)
    finally:
        watchdog.stop()
        deadline = end_after(settings.shutdown_s)
        with suppress(asyncio.CancelledError):
            await at_end()
        await app.stop()
        deadline.cancel()
    if app.crash_reason is not None:
        logger.critical("ended by a crash", exc_info=app.crash_reason)
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
        declared=lambda: app.handler.waiting_for,
    )


async def _until_stopped_or_crashed(app: BatchApp, stop: asyncio.Event) -> None:
    tasks = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(app.wait_until_stopped())]
    crashed = asyncio.ensure_future(app._crashed.wait())
    try:
        await asyncio.wait([*tasks, crashed], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*tasks, crashed):
            task.cancel()
