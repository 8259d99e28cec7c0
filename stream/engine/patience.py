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
    """Repeats a call until it succeeds.

    `waiting_for` tells the watchdog and health what is being waited for, `why` the server's last words.
    """

    def __init__(self, *retriable: type[Exception]) -> None:
        self._retriable = retriable
        self.waiting_for: str | None = None
        self.why = ""
        self.failures: Counter[str] = Counter()  # what -> attempts that failed

    async def until_done(self, what: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `call` returns at last, with a growing pause (0.05 to 2 s) between attempts; other errors pass."""
        wait_s = FIRST_WAIT_S
        try:
            while True:
                try:
                    return await call()
                except self._retriable as error:
                    self.failures[what] += 1
                    if self.waiting_for is None:
                        logger.warning("waiting", server=what, error=str(error))
                    self.waiting_for, self.why = what, str(error)
                    await asyncio.sleep(wait_s)
                    wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        finally:
            if self.waiting_for is not None:
                logger.info("no longer waiting", server=what)
            self.waiting_for, self.why = None, ""
