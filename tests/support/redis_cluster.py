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


class ClusterNode(RedisServer):
    """A primary."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with (folder / "redis.conf").open("a") as settings:
            settings.write("cluster-enabled yes\ncluster-config-file nodes.conf\ncluster-require-full-coverage no\n")

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
        self.nodes = [_low_node(folder / f"node{number}") for number in range(NODES)]
        self._running = ExitStack()
        self.url = f"redis+cluster://127.0.0.1:{self.nodes[0].port}"

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for place, node in enumerate(self.nodes):
                starting.enter_context(node)
                node.cluster("ADDSLOTS", *range(place * SLOTS // NODES, (place + 1) * SLOTS // NODES))
                node.cluster("MEET", "127.0.0.1", self.nodes[0].port)
            wait_until(lambda: all(node.serves for node in self.nodes), within_s=60, what="the cluster serves")
            self._running = starting.pop_all()
        return self

    def take_over(self, key: str) -> None:
        """Kill the node that owns the key's slot and give the slot, empty, to another node, as a failover would with its data."""
        slot = int(self.nodes[0].cluster("KEYSLOT", key))
        dead = self.nodes[slot * NODES // SLOTS]
        dead.kill9()
        living = [node for node in self.nodes if node is not dead]
        for node in living:
            node.cluster("DELSLOTS", slot)
        living[0].cluster("ADDSLOTS", slot)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._running.close()


def _low_node(folder: Path) -> ClusterNode:
    while (node := ClusterNode(folder)).port > HIGHEST_PORT:
        pass
    return node
