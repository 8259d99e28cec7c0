"""What only a Redis Cluster can do, and refuse."""

from pathlib import Path

import pytest

from features.errors import StoreAway
from features.store.port import Commit, Fence
from features.store.redis import open_store
from tests.support.redis_cluster import RedisCluster

KEY = "tsuide:{p0}:f"


@pytest.fixture
def cluster(tmp_path: Path):
    with RedisCluster(tmp_path) as cluster:
        yield cluster


async def test_a_slot_that_moved_to_another_node_is_found_there(cluster: RedisCluster):
    # given a store that has met the cluster
    store = open_store(cluster.url)
    await store.commit([Commit(number, Fence(), Fence({"clicks": 8}), {}, b"") for number in range(6)])
    # when the node of partition 0 dies and another takes its slot over, without its data
    cluster.take_over(KEY)
    with pytest.raises(StoreAway):
        await store.read({0: []})
    # then the next question finds the new owner
    assert (await store.read({0: []}))[0].fence == Fence()
    await store.aclose()
