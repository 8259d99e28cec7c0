"""The keepers that pass the store's suite: memory, one Redis, a Redis Cluster."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from features.store.port import Store
from tests.support.keepers import MemoryKeeper, RedisKeeper
from tests.support.redis_cluster import RedisCluster

_prefixes = (f"ports{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of a real Redis Cluster for the whole run."""
    with RedisCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster.url


@pytest.fixture(params=["memory", "redis", "cluster"])
async def keeper(request: pytest.FixtureRequest) -> AsyncIterator[MemoryKeeper | RedisKeeper]:
    """One keeper after the other, each empty, with a time that can pass."""
    if request.param == "memory":
        yield MemoryKeeper()
        return
    url = request.getfixturevalue("redis_url" if request.param == "redis" else "cluster_url")
    keeper = RedisKeeper(url, prefix=next(_prefixes))
    yield keeper
    await keeper.store.aclose()


@pytest.fixture
def store(keeper: MemoryKeeper | RedisKeeper) -> Store:
    """The keeper's store, for tests in which no time passes."""
    return keeper.store
