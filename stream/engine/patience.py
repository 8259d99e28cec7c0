"""Waiting for a store or a broker that is away: nothing is ever skipped."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

from stream.telling.logger import logger_of

logger = logger_of(__name__)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 2.0
Answer = TypeVar("Answer")


class Away(Exception):
    """The broker does not take records now; it is waited for."""


class Patience:
    """Repeats calls until they succeed; of each server one at a time."""

    def __init__(self, *retriable: type[Exception]) -> None:
        self._retriable = retriable
        self._waits: dict[str, str] = {}  # for whom -> its last words
        self.failures: Counter[str] = Counter()  # what -> attempts that failed

    @property
    def waiting_for(self) -> str | None:
        """What has been waited for longest, for the watchdog and health; None: nothing."""
        return next(iter(self._waits), None)

    @property
    def why(self) -> str:
        """The last words of whom is waited for."""
        return next(iter(self._waits.values()), "")

    async def until_done(self, what: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `call` returns at last, with a growing pause (0.05 to 2 s) between attempts; other errors pass."""
        wait_s = FIRST_WAIT_S
        try:
            while True:
                try:
                    return await call()
                except self._retriable as error:
                    self.failures[what] += 1
                    if what not in self._waits:
                        logger.warning("waiting", server=what, error=str(error))
                    self._waits[what] = str(error)
                    await asyncio.sleep(wait_s)
                    wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        finally:
            if self._waits.pop(what, None) is not None:
                logger.info("no longer waiting", server=what)
