"""Stores whose time a test lets pass."""

from features.store.memory import MemoryStore
from features.store.port import Store
from features.store.redis import client_of, open_store


class MemoryKeeper:
    """The store in memory, by a clock of its own."""

    def __init__(self) -> None:
        self.now_ms = 1_763_780_000_000
        self.store: Store = MemoryStore(lambda customer: self.now_ms)

    async def pass_ms(self, ms: int) -> None:
        """Let so much time pass."""
        self.now_ms += ms


class RedisKeeper:
    """A real Redis, or a cluster, under a prefix of its own; `now_ms` does not matter to it."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url, self._prefix = url, prefix
        self.store: Store = open_store(url, prefix=prefix)

    async def pass_ms(self, ms: int) -> None:
        """Let every key under the prefix that has an end come so much nearer to it; Redis deletes what is past it."""
        client = client_of(self._url)
        try:
            async for key in client.scan_iter(match=f"{self._prefix}:*"):
                left_ms = await client.pttl(key)
                if left_ms >= 0:  # -1: it has no end
                    await client.pexpire(key, left_ms - ms)
        finally:
            await client.aclose()
