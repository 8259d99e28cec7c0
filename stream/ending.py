"""Ending tasks for certain."""

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_S = 0.5  # longer than an orderly end of a connection takes


async def cancelled(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks, again and again, until all have ended; what they ended with is theirs to tell.

    Once is not enough: `asyncio.wait_for`, which redis-py sends with, loses a cancellation that comes with the answer (Python 3.11),
    and aiokafka's closing of a connection can swallow one.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_S)
