"""Sending what was committed to be sent."""

from collections.abc import Mapping

from features.store.port import Commit, Store
from stream.engine.draft import Draft
from stream.engine.ownership import Send
from stream.engine.patience import Patience


class Publishing:
    """Sends the outboxes of a chunk and clears them, waiting for whoever is away."""

    def __init__(self, store: Store, send: Send, patience: Patience) -> None:
        self._store, self._send, self._patience = store, send, patience

    async def publish(self, landed: Mapping[int, Commit], drafts: Mapping[int, Draft]) -> None:
        """Return once the broker has all of it and no outbox of these commits stands any more."""
        outgoing = [record for number in landed for record in drafts[number].outgoing]
        if outgoing:
            await self._patience.until_done("the broker", lambda: self._send(outgoing))
            standing = {number: commit.after for number, commit in landed.items() if commit.outbox}
            await self._patience.until_done("the store", lambda: self._store.clear_outbox(standing))
