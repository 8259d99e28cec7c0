"""When the next batch may be fetched."""

import asyncio
from contextlib import suppress


class Gate:
    """Opens once for each batch that the agent has: when it is done, or before, where somebody says that it soon will be."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._in_hand = self._early = 0  # batches that the agent has, and how many of them have let the next one through
        self.open()

    def open(self) -> None:
        """Let a batch through, whatever the agent has."""
        self._open.set()

    def open_early(self) -> None:
        """Let the next batch through although the agent is not done, once for each that it has."""
        if self._early < self._in_hand:
            self._early += 1
            self._open.set()

    def close(self) -> None:
        """Let nothing more through: a batch is given."""
        self._open.clear()

    def taken(self) -> None:
        """The agent has the batch."""
        self._in_hand += 1

    def done(self) -> None:
        """The agent is done with a batch: let the next one through, if it is not yet."""
        self._in_hand -= 1
        if self._early:
            self._early -= 1
        else:
            self._open.set()

    async def lets_through(self, within_s: float) -> bool:
        """Return whether a batch may be fetched, at once or within that time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._open.wait()
        return self._open.is_set()
