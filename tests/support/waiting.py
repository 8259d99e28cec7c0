"""Waiting for what another process does."""

import asyncio
import time
from collections.abc import Awaitable, Callable

LOOK_AGAIN_S = 0.1


async def until(holds: Callable[[], Awaitable[bool]], what: str = "what was waited for", *, within_s: float = 60) -> None:
    """Return as soon as it holds. Raises TimeoutError naming `what`."""
    deadline = time.monotonic() + within_s
    while not await holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s:g} s: {what}")
        await asyncio.sleep(LOOK_AGAIN_S)
