"""The keepers that pass the store's suite: memory, one Redis, a Redis Cluster."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from features.store.memory import MemoryStore
from features.store.port import Store
from features.store.redis import open_store
from tests.support.redis_cluster import RedisCluster

_prefixes = (f"ports{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of a real Redis Cluster for the whole run."""
    with RedisCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster.url


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
