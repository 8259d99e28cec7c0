"""The keepers that pass the store's suite: memory, one Redis, a Redis Cluster."""

import itertools
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from features.store.memory import MemoryStore
from features.store.port import Store
from features.store.redis import open_store
from tests.support.servers import RedisServer, wait_until

ALL_SLOTS = ("0", "16383")
_prefixes = (f"ports{number}" for number in itertools.count())


class ClusterServer(RedisServer):
    """A Redis Cluster of one node that owns every slot: the same rules for keys, slots and pipelines as any larger one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with (folder / "redis.conf").open("a") as settings:
            settings.write("cluster-enabled yes\ncluster-config-file nodes.conf\n")

    def own_all_slots(self) -> None:
        """Make it serve."""
        self._cli("cluster", "addslotsrange", *ALL_SLOTS)
        wait_until(lambda: "cluster_state:ok" in self._cli("cluster", "info"), within_s=30, what="the cluster serves")

    def _cli(self, *words: str) -> str:
        command = ["redis-cli", "-p", str(self.port), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of a real Redis Cluster for the whole run."""
    with ClusterServer(tmp_path_factory.mktemp("cluster")) as server:
        server.own_all_slots()
        yield f"redis+cluster://127.0.0.1:{server.port}"


@pytest.fixture(params=["memory", "redis", "cluster"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """One keeper after the other, each empty."""
    keeper: Store
    if request.param == "memory":
        keeper = MemoryStore()
    else:
        url = request.getfixturevalue("redis_url" if request.param == "redis" else "cluster_url")
        keeper = open_store(url, prefix=next(_prefixes))
    yield keeper
    await keeper.aclose()
