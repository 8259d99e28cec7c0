"""`tsuide offsets reset` of a test, killed in the middle of what it does.

Run as `python -m tests.support.reset_process FAULT ARGUMENTS`, with the command's own arguments.
"""

import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Any

from features.profile import Profile
from features.store import redis
from features.store.port import Commit, Fence
from features.store.redis import RedisStore
from stream.cli.app import app
from stream.cli.ending import run
from stream.offsets import execute


def die() -> None:
    """End as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def forgetting() -> None:
    """Die when some of the profiles are gone, and others are not."""
    redis.SCANNED = 20
    looks, everybody = itertools.count(1), RedisStore.everybody

    async def some(store: RedisStore) -> AsyncIterator[tuple[int, dict[str, Profile]]]:
        async for found in everybody(store):
            yield found
            if next(looks) == 3:
                die()

    RedisStore.everybody = some  # type: ignore[method-assign]


def moving() -> None:
    """Die when all profiles are gone, and no fence has moved."""
    commits, commit = itertools.count(1), RedisStore.commit

    async def first(store: RedisStore, wanted: Collection[Commit]) -> Mapping[int, Fence]:
        if next(commits) == 2:
            die()
        return await commit(store, wanted)

    RedisStore.commit = first  # type: ignore[method-assign, assignment]


def telling() -> None:
    """Die when Redis has it, and Kafka was not told."""

    async def dying(*told: Any) -> None:
        die()

    execute.tell_kafka = dying


FAULTS: Mapping[str, Callable[[], None]] = {one.__name__: one for one in (forgetting, moving, telling)}

if __name__ == "__main__":
    fault, *arguments = sys.argv[1:]
    FAULTS[fault]()
    sys.exit(run(app, ["offsets", "reset", *arguments]))
