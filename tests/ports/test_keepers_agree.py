"""Whatever is asked of them in whatever order, the keepers give the same answers."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.profile import EMPTY, Profile, Touch
from features.store.layout import DAY_MS
from features.store.port import Commit, Fence
from tests.support.keepers import MemoryKeeper, RedisKeeper

Question = Callable[[MemoryKeeper | RedisKeeper], Awaitable[Any]]
_prefixes = (f"agree{number}" for number in itertools.count())

partitions = st.integers(0, 1)
customers = st.sampled_from(["k1:ana", "k1:ben"])
fences = st.sampled_from([Fence(), Fence({"clicks": 8}), Fence({"clicks": 8, "carts": 3}), Fence({"clicks": 8}, epoch=1)])
addresses = st.sampled_from(["clicks:7", "carts:7"])
profiles = st.sampled_from([None, EMPTY, Profile(opted_out=True), Profile(history=(Touch("tea", 1),))])
commits = st.builds(
    Commit,
    partition=partitions,
    before=fences,
    after=fences,
    profiles=st.dictionaries(customers, profiles),
    outbox=st.sampled_from([b"", b"", b"records"]),
    crashes_cleared=st.lists(addresses, unique=True),
)


def asked(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Question]:
    return st.tuples(*arguments).map(lambda some: lambda keeper: getattr(keeper.store, name)(*some))


questions = st.one_of(
    asked("commit", st.lists(commits, max_size=2, unique_by=lambda commit: commit.partition)),
    asked("read", st.dictionaries(partitions, st.lists(customers, unique=True))),
    asked("outbox", partitions),
    asked("clear_outbox", st.dictionaries(partitions, fences)),
    asked("forget_profiles", st.dictionaries(partitions, fences)),
    asked("crashes", partitions),
    asked("count_crash", partitions, addresses, st.sampled_from(["boom", "bang\n12"])),
    st.sampled_from([40, 100]).map(lambda days: lambda keeper: keeper.pass_ms(days * DAY_MS)),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(questions, min_size=1, max_size=25))
def test_memory_and_redis_answer_alike(redis_url: str, some: list[Question]):
    async def answers(keeper: MemoryKeeper | RedisKeeper) -> list[Any]:
        given_answers = [await question(keeper) for question in some]
        await keeper.store.aclose()
        return given_answers

    async def both() -> tuple[list[Any], list[Any]]:
        return await answers(MemoryKeeper()), await answers(RedisKeeper(redis_url, prefix=next(_prefixes)))

    of_memory, of_redis = asyncio.run(both())
    assert of_memory == of_redis
