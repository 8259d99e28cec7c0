"""The same messages to everybody who looks, and waiting for nobody. No I/O."""

import asyncio
from collections.abc import Sequence

Message = tuple[str, str]  # event, data
Watcher = asyncio.Queue[Message | None]  # None: it is over


class Broadcast:
    """At most `watchers`, one more takes the place of the first; each may be `pending` messages behind, else it is over for him."""

    def __init__(self, *, watchers: int, pending: int) -> None:
        self._most, self._pending = watchers, pending
        self._watchers: dict[Watcher, None] = {}  # the first one first

    def add(self, first: Sequence[Message] = ()) -> Watcher:
        """Return the messages of a new watcher: these, and then whatever is published."""
        if len(self._watchers) >= self._most:
            self._end(next(iter(self._watchers)))
        watcher: Watcher = asyncio.Queue(len(first) + self._pending)
        for message in first:
            watcher.put_nowait(message)
        self._watchers[watcher] = None
        return watcher

    def remove(self, watcher: Watcher) -> None:
        """Forget a watcher, who may be gone already."""
        self._watchers.pop(watcher, None)

    def publish(self, message: Message) -> None:
        """Tell everybody."""
        for watcher in list(self._watchers):
            if watcher.full():
                self._end(watcher)
            else:
                watcher.put_nowait(message)

    def close(self) -> None:
        """Tell everybody that it is over."""
        for watcher in list(self._watchers):
            self._end(watcher)

    def _end(self, watcher: Watcher) -> None:
        del self._watchers[watcher]
        while not watcher.empty():
            watcher.get_nowait()
        watcher.put_nowait(None)
