"""Events that were sent before: remembered while they are on the way to the broker, and for a while after."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

from stream.contracts.ids import Customer

MOST_KNOWN = 200_000  # acknowledged events, 130 bytes each; later repeats are found in the customer's profile
Mark = bytes


def mark_of(customer: Customer, event_id: str) -> Mark:
    """Return 16 bytes that stand for this event of this customer."""
    return blake2b(f"{customer}\0{event_id}".encode(), digest_size=16).digest()


class Repeats:
    """Knows the newest acknowledged events, and those that another request is handing over now."""

    def __init__(self, most_known: int = MOST_KNOWN) -> None:
        self._most = most_known
        self._done: OrderedDict[Mark, None] = OrderedDict()
        self._on_the_way: dict[Mark, asyncio.Future[bool]] = {}

    def __contains__(self, mark: object) -> bool:
        return mark in self._done or mark in self._on_the_way

    def set_out(self, marks: Sequence[Mark]) -> "asyncio.Future[bool]":
        """Count these as repeats from now on; the caller tells in the end, by `arrived` or `lost`, what became of them."""
        way: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._on_the_way.update(dict.fromkeys(marks, way))
        return way

    def arrived(self, marks: Sequence[Mark], way: "asyncio.Future[bool]") -> None:
        """The broker has them."""
        self._leave(marks, way, arrived=True)
        self._done.update(dict.fromkeys(marks))
        while len(self._done) > self._most:
            self._done.popitem(last=False)

    def lost(self, marks: Sequence[Mark], way: "asyncio.Future[bool]") -> None:
        """The broker may not have them: sent again, they are new."""
        self._leave(marks, way, arrived=False)

    def _leave(self, marks: Sequence[Mark], way: "asyncio.Future[bool]", *, arrived: bool) -> None:
        for mark in marks:
            del self._on_the_way[mark]
        way.set_result(arrived)

    def ways_of(self, marks: Sequence[Mark]) -> "set[asyncio.Future[bool]]":
        """Return the ways on which other requests are handing these over; each ends with whether they arrived."""
        return {self._on_the_way[mark] for mark in marks if mark in self._on_the_way}
