"""When the next batch may be fetched, and when it may be given to the agent."""

import asyncio
from contextlib import suppress


class Gate:
    """Fetching opens a little before the agent is idle: while a batch is committed, the next one is on its way."""

    def __init__(self) -> None:
        self._fetch, self._give = asyncio.Event(), asyncio.Event()
        self.open()

    def open(self) -> None:
        """The agent is idle."""
        self._fetch.set()
        self._give.set()

    def open_to_fetch(self) -> None:
        """The agent will be idle soon."""
        self._fetch.set()

    def close(self) -> None:
        """The agent is given a batch."""
        self._fetch.clear()
        self._give.clear()

    async def lets_fetch(self, within_s: float) -> bool:
        """Return whether the next batch may be fetched, at once or within that time."""
        return await _is_set(self._fetch, within_s)

    async def lets_give(self, within_s: float) -> bool:
        """Return whether the agent is idle, at once or within that time."""
        return await _is_set(self._give, within_s)


async def _is_set(event: asyncio.Event, within_s: float) -> bool:
    if not event.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), within_s)
    return event.is_set()
