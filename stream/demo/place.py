"""Where the demo runs: servers of its own in a temporary folder, or those that the environment names."""

import secrets
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from stream.contracts.topics import BY_NAME, CART
from stream.demo.broker import PARTITIONS, EmbeddedBroker
from stream.demo.observe import WAIT_MS
from stream.demo.redis import EmbeddedRedis, forget_keys
from stream.processes.children import Child, end_all
from stream.settings import PREFIX, Settings, is_setting, without_password
from stream.transport.topics import create, partition_count

END_S = 3.0  # what worker and trainer may take for their orderly end
ELSEWHERE = ("KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL")
KEPT = ("TSUIDE_POLICY", "TSUIDE_LOG_LEVEL")  # settings of the caller's that also hold for the demo


class Place:
    """Servers, processes and a folder that are there between entering and leaving.

    Group, key prefix and all secrets are drawn anew, so two demos on one broker keep apart. `port` is where the shop's pages
    are served, 0 for a free one; `policy` holds unless `environ` names another.
    """

    def __init__(self, environ: Mapping[str, str], *, port: int = 0, policy: Path | None = None) -> None:
        self._environ, self._port = environ, port
        self._policy = {} if policy is None else {"TSUIDE_POLICY": str(policy)}
        self._held = ExitStack()
        self.name = f"demo-{secrets.token_hex(4)}"
        self.secret = secrets.token_hex(32)
        self.elsewhere = all(environ.get(name) for name in ELSEWHERE)
        self.children: list[Child] = []
        self.settings = self.gateway_settings = Settings()

    def __enter__(self) -> Self:
        self._held.__enter__()
        self.folder = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="tsuide-demo-", ignore_cleanup_errors=True)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._held.__exit__(kind, error, trace)

    async def find_servers(self) -> None:
        """Start a broker and a Redis, or turn to those of the environment; then the topics are there.

        Raises: BrokerAway, TopicsDiffer, ChildEnded.
        """
        if self.elsewhere:
            where = {name: value for name, value in self._environ.items() if is_setting(name) and not name.startswith(PREFIX)}
            there = Settings.of(where)
            self._held.callback(forget_keys, there.redis, self.name)
            await create(there.kafka, PARTITIONS)
            partitions = await partition_count(there.kafka, CART)
        else:
            own = EmbeddedRedis(self.folder)
            self._hold(own)
            broker = EmbeddedBroker(BY_NAME)
            self._held.callback(broker.close)
            where, partitions = dict(zip(ELSEWHERE, (broker.bootstrap, own.url), strict=True)), PARTITIONS
        self._variables = {
            **where,
            "TSUIDE_PARTITIONS": str(partitions),
            "TSUIDE_GROUP": self.name,
            "TSUIDE_PREFIX": self.name,
            "TSUIDE_PSEUDONYM_SECRET": self.secret,
            "TSUIDE_SESSION_TIMEOUT_S": "6",
            "TSUIDE_HEARTBEAT_S": "1.5",
            "TSUIDE_SHUTDOWN_S": f"{END_S:g}",
            "TSUIDE_LOG_FORMAT": "text",  # should one of them end, its last lines are shown to a person
            **self._policy,
            **{name: self._environ[name] for name in KEPT if self._environ.get(name)},
        }
        self.settings = Settings.of(self._variables)
        serving = {
            "TSUIDE_LISTEN": f"127.0.0.1:{self._port}",
            "TSUIDE_TOKEN_SECRET": secrets.token_hex(32),
            "TSUIDE_SHOP_KEY": secrets.token_hex(32),
        }
        self.gateway_settings = Settings.of(self._variables | self._waits | serving)

    @property
    def _waits(self) -> dict[str, str]:
        return {} if self.elsewhere else {"TSUIDE_FETCH_WAIT_MS": str(WAIT_MS)}

    @property
    def where(self) -> str:
        """Say which servers these are."""
        if self.elsewhere:
            return f"Kafka at {self._environ[ELSEWHERE[0]]} and Redis at {without_password(self._environ[ELSEWHERE[1]])}, as {self.name}"
        return "its own Redis and its own broker"

    def start_processes(self) -> None:
        """Start one worker and one trainer."""
        environ = {name: value for name, value in self._environ.items() if not is_setting(name)} | self._variables
        started: list[Child] = []
        self._held.callback(end_all, started, END_S)
        for command, more in (("worker", self._waits), ("trainer", {})):
            program = [sys.executable, "-m", "stream.cli", command]
            started.append(Child(command, program, self.folder, environ | more))
        self.children += started

    def check(self) -> None:
        """Raise ChildEnded if one of the processes is gone."""
        for child in self.children:
            child.check()

    def resident_mib(self) -> float | None:
        """Return the memory of all processes of the demo but this one, or None where the system does not tell."""
        sizes = [child.resident_mib() for child in self.children]
        known = [size for size in sizes if size is not None]
        return sum(known) if known else None

    def _hold(self, child: Child) -> None:
        self.children.append(child)
        self._held.callback(child.end, END_S)
