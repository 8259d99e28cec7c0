"""How a chunk's work lands: committed with compare-and-set, then sent from what was committed."""

from collections.abc import Mapping

from features.errors import StoreAway
from features.store.port import Commit, Store
from stream.engine.draft import Draft
from stream.engine.ownership import Send
from stream.engine.patience import Patience


class Landing:
    """Commits and publishes, waiting for whoever is away."""

    def __init__(self, store: Store, send: Send, patience: Patience) -> None:
        self._store, self._send, self._patience = store, send, patience

    async def commit(self, commits: list[Commit]) -> set[int]:
        """Return the partition numbers that were refused, once all others are committed."""
        try:
            return set(await self._store.commit(commits))
        except StoreAway:
            self._patience.failures["the store"] += 1
        return await self._patience.until_done("the store", lambda: self._commit_rest(commits))

    async def _commit_rest(self, commits: list[Commit]) -> set[int]:
        """Commit, after an answer was lost or a full store refused, what the fences say has not landed."""
        found = await self._store.read({one.partition: () for one in commits})
        fences = {number: partition.fence for number, partition in found.items()}
        refused = {one.partition for one in commits if fences[one.partition] not in (one.before, one.after)}
        return refused | set(await self._store.commit([one for one in commits if fences[one.partition] == one.before]))

    async def publish(self, landed: Mapping[int, Commit], drafts: Mapping[int, Draft]) -> None:
        """Return once the broker has all that was committed to be sent, and no outbox of it stands any more."""
        outgoing = [record for number in landed for record in drafts[number].outgoing]
        if outgoing:
            await self._patience.until_done("the broker", lambda: self._send(outgoing))
            standing = {number: commit.after for number, commit in landed.items() if commit.outbox}
            await self._patience.until_done("the store", lambda: self._store.clear_outbox(standing))
