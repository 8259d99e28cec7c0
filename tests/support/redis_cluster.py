"""A real Redis Cluster for tests: three primaries on this machine, without replicas."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis

from tests.support.redis_server import RedisServer
from tests.support.server import wait_until

NODES = 3
SLOTS = 16_384
WHOLE = {"cluster_state:ok", f"cluster_slots_assigned:{SLOTS}", f"cluster_known_nodes:{NODES}"}
HIGHEST_PORT = 55_535  # the nodes talk to each other 10,000 ports above


class _Node(RedisServer):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with (folder / "redis.conf").open("a") as settings:
            settings.write("cluster-enabled yes\ncluster-config-file nodes.conf\n")

    def cluster(self, *words: object) -> str:
        """Send one CLUSTER command and return its answer as text."""
        with Redis(port=self.port) as client:
            answer = client.execute_command("CLUSTER", *words)
        return answer.decode() if isinstance(answer, bytes) else str(answer)

    @property
    def serves(self) -> bool:
        """Whether it knows every node and every slot has an owner."""
        return set(self.cluster("INFO").split()) >= WHOLE


class RedisCluster:
    """Three primaries that share the slots; serves once it is entered. All calls block."""

    def __init__(self, folder: Path) -> None:
        self._nodes = [_low_node(folder / f"node{number}") for number in range(NODES)]
        self._running = ExitStack()
        self.url = f"redis+cluster://127.0.0.1:{self._nodes[0].port}"

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for place, node in enumerate(self._nodes):
                starting.enter_context(node)
                node.cluster("ADDSLOTS", *range(place * SLOTS // NODES, (place + 1) * SLOTS // NODES))
                node.cluster("MEET", "127.0.0.1", self._nodes[0].port)
            wait_until(lambda: all(node.serves for node in self._nodes), within_s=60, what="the cluster serves")
            self._running = starting.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._running.close()


def _low_node(folder: Path) -> _Node:
    while (node := _Node(folder)).port > HIGHEST_PORT:
        pass
    return node
