"""How a chunk's work lands: committed with compare-and-set, then sent from what was committed while the next chunk is worked."""

import asyncio
from collections.abc import Coroutine, Mapping

from features.errors import StoreAway
from features.store.port import Commit, Fence, Store
from stream.engine.draft import Draft
from stream.engine.ownership import Send
from stream.engine.patience import Patience


class Landing:
    """Commits and sends, waiting for whoever is away.

    A partition's outbox stands until its next commit replaces it, which is not made before the broker has all of it, or until
    `settle`: to clear it at once would cost every chunk a round trip.
    """

    def __init__(self, store: Store, send: Send, patience: Patience) -> None:
        self._store, self._send, self._patience = store, send, patience
        self._sending: asyncio.Task[None] | None = None
        self._standing: dict[int, Fence] = {}

    async def commit(self, commits: list[Commit]) -> set[int]:
        """Return the partition numbers that were refused, once all others are committed. Only after `sent`: outboxes are replaced."""
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

    async def send(self, landed: Mapping[int, Commit], drafts: Mapping[int, Draft]) -> None:
        """Return once the broker has all that was committed to be sent."""
        for number, commit in landed.items():
            self._standing.pop(number, None)
            if commit.outbox:
                self._standing[number] = commit.after
        outgoing = [record for number in landed for record in drafts[number].outgoing]
        if outgoing:
            await self._patience.until_done("the broker", lambda: self._send(outgoing))

    def meanwhile(self, sending: Coroutine[None, None, None]) -> None:
        """Go on while this, which calls `send`, comes to its end."""
        self._sending = asyncio.create_task(sending)

    async def sent(self) -> None:
        """Return once nothing is being sent. Raises what ended the sending, again and again: nothing may land after it."""
        if self._sending is not None:
            await asyncio.shield(self._sending)
            self._sending = None

    async def settle(self) -> None:
        """Return once all is sent and no outbox of ours stands."""
        await self.sent()
        if self._standing:
            standing = dict(self._standing)
            await self._patience.until_done("the store", lambda: self._store.clear_outbox(standing))
            self._standing.clear()
