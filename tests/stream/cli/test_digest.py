"""`tsuide digest` on a real Redis."""

from pathlib import Path

import pytest

from features.digest import digest
from features.profile import Profile, Touch
from features.store.port import Commit, Fence
from features.store.redis import open_store
from stream.exits import AWAY, OK
from tests.stream.cli.conftest import Tsuide

TEA, CUP = (Profile(history=(Touch(item, 1_763_780_000_000, views=1),)) for item in ("tea", "cup"))


@pytest.fixture
async def prefix(redis_url: str, tmp_path: Path) -> str:
    """A prefix under which two customers are kept, beside another one, whose name begins alike."""
    prefix = tmp_path.name.replace("_", "-")
    for name, profiles in ((prefix, {0: {"k1:a": TEA}, 3: {"k1:b": CUP}}), (f"{prefix}-other", {0: {"k1:c": TEA}})):
        store = open_store(redis_url, prefix=name)
        await store.commit([Commit(number, Fence(), Fence({"clicks": 1}), some, b"") for number, some in profiles.items()])
        await store.aclose()
    return prefix


def test_it_tells_every_partition_and_the_whole(tsuide: Tsuide, redis_url: str, prefix: str) -> None:
    ended = tsuide("digest", "--json", REDIS_URL=redis_url, TSUIDE_PREFIX=prefix)
    first, second = digest({"k1:a": TEA}), digest({"k1:b": CUP})
    assert ended.code == OK
    assert ended.json == {
        "prefix": prefix,
        "customers": 2,
        "digest": str(first + second),
        "partitions": [
            {"partition": 0, "customers": 1, "digest": str(first)},
            {"partition": 3, "customers": 1, "digest": str(second)},
        ],
    }
    # and for people, the same in a table
    lines = tsuide("digest", REDIS_URL=redis_url, TSUIDE_PREFIX=prefix).out.splitlines()
    assert [line.split()[:2] for line in lines] == [["partition", "customers"], ["0", "1"], ["3", "1"], ["all", "2"]]
    assert lines[-1].split()[-1] == str(first + second)


def test_a_redis_that_is_away_is_named(tsuide: Tsuide) -> None:
    ended = tsuide("digest", REDIS_URL="redis://127.0.0.1:1/0")
    assert (ended.code, "127.0.0.1:1" in ended.err) == (AWAY, True)
