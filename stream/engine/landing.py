"""Committing to a store that may answer late, or not at all."""

from collections.abc import Collection

from features.errors import StoreAway
from features.store.port import Commit, Store
from stream.engine.patience import Patience


async def land(store: Store, patience: Patience, commits: list[Commit]) -> set[int]:
    """Commit, and return the partition numbers that were refused. After a lost answer the fences tell what landed."""
    refused: set[int] = set()
    while commits:
        try:
            return refused | set(await store.commit(commits))
        except StoreAway:
            patience.failures["the store"] += 1
            wanted: dict[int, Collection[str]] = {commit.partition: () for commit in commits}
            found = await patience.until_done("the store", lambda wanted=wanted: store.read(wanted))  # type: ignore[misc]
            fences = {number: partition.fence for number, partition in found.items()}
            refused |= {one.partition for one in commits if fences[one.partition] not in (one.before, one.after)}
            commits = [one for one in commits if fences[one.partition] == one.before]
    return refused
