"""A suggestion as the gateway holds it: packed as it will be sent."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from stream.contracts.ids import Customer
from stream.contracts.suggestion import Suggestion
from stream.contracts.web import Offer, offer_of

_OFFER = msgspec.json.Decoder(Offer)


class Held(Struct, frozen=True, eq=False, gc=False):
    """A suggestion that counts, with those of its lists that no newer one has replaced; a list without items clears.

    About 2.5 KB, and for the collector one object instead of thirty: tens of thousands are held, and a full collection walks
    all that it can see. `replaces_until_ms`: when the last of what it took the place of expires; until then a page may show
    that, and is to be told.
    """

    partition: int
    offset: int
    customer: Customer
    session_id: str
    seq: int
    expires_ms: int
    lists: tuple[str, ...]
    packed: bytes  # the offer's JSON
    replaces_until_ms: int = 0

    @property
    def event_id(self) -> str:
        """`partition:offset`, where a stream may resume behind it."""
        return f"{self.partition}:{self.offset}"

    @property
    def offer(self) -> Offer:
        """What the browser is told."""
        return _OFFER.decode(self.packed)

    @property
    def until_ms(self) -> int:
        """How long it counts."""
        return max(self.expires_ms, self.replaces_until_ms)

    @property
    def places(self) -> list[tuple[str, str]]:
        """(session, list) of each list, the place on a page that the newest one takes."""
        return [(self.session_id, name) for name in self.lists]

    def without(self, places: Iterable[tuple[str, str]]) -> "Held | None":
        """Return what is left when other suggestions stand at `places`; None: nothing."""
        gone = {name for session, name in places if session == self.session_id}
        left = tuple(name for name in self.lists if name not in gone)
        if len(left) == len(self.lists):
            return self
        return self._only(left) if left else None

    def without_cleared(self) -> "Held | None":
        """Return what is left without the lists that have no items; None: nothing."""
        return self.without((self.session_id, shown.item_list_id) for shown in self.offer.lists if not shown.items)

    def _only(self, names: tuple[str, ...]) -> "Held":
        offer = self.offer
        lists = tuple(shown for shown in offer.lists if shown.item_list_id in names)
        return replace(self, lists=names, packed=msgspec.json.encode(replace(offer, lists=lists)))


def held_of(partition: int, offset: int, suggestion: Suggestion, traceparent: str | None = None) -> Held:
    """Return what stands at `offset`, packed. About 10 microseconds."""
    return Held(
        partition,
        offset,
        Customer(suggestion.customer),
        suggestion.session_id,
        suggestion.seq,
        suggestion.expires_ms,
        tuple(shown.item_list_id for shown in suggestion.lists),
        msgspec.json.encode(offer_of(suggestion, suggestion.lists, traceparent)),
    )
