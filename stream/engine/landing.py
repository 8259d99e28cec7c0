"""Committing to a store that may answer late, not at all, or that it is full."""

from features.errors import StoreAway
from features.store.port import Commit, Store
from stream.engine.patience import Patience


async def land(store: Store, patience: Patience, commits: list[Commit]) -> set[int]:
    """Commit, waiting for the store where it must be, and return the partition numbers that were refused."""
    try:
        return set(await store.commit(commits))
    except StoreAway:
        patience.failures["the store"] += 1
    return await patience.until_done("the store", lambda: _land_rest(store, commits))


async def _land_rest(store: Store, commits: list[Commit]) -> set[int]:
    """Commit, after an answer was lost or a full store refused, what the fences say has not landed."""
    found = await store.read({one.partition: () for one in commits})
    fences = {number: partition.fence for number, partition in found.items()}
    refused = {one.partition for one in commits if fences[one.partition] not in (one.before, one.after)}
    return refused | set(await store.commit([one for one in commits if fences[one.partition] == one.before]))
