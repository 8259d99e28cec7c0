"""What stands on the customers' pages: the newest unexpired lists of each, and what a resumed stream has missed."""

import re

from msgspec import Struct
from msgspec.structs import replace

from stream.contracts.ids import Customer
from stream.contracts.suggestion import Suggestion
from stream.gateway.held import Held, held_of

EVENT_ID = re.compile(r"(0|[1-9][0-9]{0,8}):(0|[1-9][0-9]{0,17})")


class _Dropped(Struct, frozen=True):
    """How far was read when a customer's suggestions were dropped, and until when a page may still show one of them."""

    next: dict[int, int]
    until_ms: int


class Board:
    """The newest lists of every customer, told apart by `seq` and not by arrival. Pure: it has no clock and does no I/O.

    It holds at most `capacity` suggestions, the latest ones. Where one had to go before its time, or a customer's were dropped,
    streams that stand before it cannot be resumed; where one expired or was replaced they can, since nobody may show it.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._held: dict[tuple[int, int], Held] = {}  # (partition, offset) -> held, in order of arrival
        self._standing: dict[Customer, dict[tuple[str, str], Held]] = {}  # customer -> (session, list) -> held
        self._next: dict[int, int] = {}  # partition -> offset behind the last one read
        self._floor: dict[int, int] = {}  # partition -> first offset from which everything is known
        self._dropped: dict[Customer, _Dropped] = {}
        self._latest_ms = 0  # when the last of all that was taken expires

    def __len__(self) -> int:
        return len(self._held)

    def take(self, partition: int, offset: int, suggestion: Suggestion, traceparent: str | None = None) -> Held | None:
        """Take in what stands at `offset`; return what of it is newest, or None where it is a repeat or a late old one.

        O(lists) but for a log that begins anew: an offset before the last one read says that the topic was made again.
        """
        customer = Customer(suggestion.customer)
        standing = self._standing.get(customer, {})
        held = held_of(partition, offset, suggestion, traceparent)
        newer = {at for at in held.places if at in standing and standing[at].seq >= suggestion.seq}
        new = held.without(newer) if held.places else None
        if new is not None and offset < self._next.get(partition, 0):
            self._begin_anew(partition, offset)
        self._next[partition] = max(offset + 1, self._next.get(partition, 0))
        if new is None:
            return None
        self._latest_ms = max(suggestion.expires_ms, self._latest_ms)
        new = self._put(new)
        while len(self._held) > self._capacity:
            self._give_up(next(iter(self._held.values())))
        return new

    def current(self, customer: Customer, now_ms: int) -> list[Held]:
        """Return what a page without anything is to show, oldest first; lists that were cleared are left out."""
        unexpired = (held for held in self._of(customer, now_ms) if held.expires_ms > now_ms)
        return [shown for held in unexpired if (shown := held.without_cleared()) is not None]

    def since(self, customer: Customer, last: str | None, now_ms: int) -> list[Held] | None:
        """Return what a page that had everything up to `last` has missed, oldest first and with cleared lists.

        What expired is among it while something that it replaced has not. None: that cannot be told, because `last` is no id
        of this customer's partition, lies beyond what was read, or before something that had to go. Whoever asks is to forget
        what he shows and to begin with `current`.
        """
        parsed = EVENT_ID.fullmatch(last or "")
        if parsed is None:
            return None
        partition, offset = int(parsed[1]), int(parsed[2])
        if not self._floor.get(partition, 0) <= offset + 1 <= self._next.get(partition, 0):
            return None
        if customer in self._dropped and offset < self._dropped[customer].next.get(partition, 0):
            return None
        standing = self._of(customer, now_ms)
        if any(held.partition != partition for held in standing):
            return None
        return [held for held in standing if held.offset > offset]

    def position(self, customer: Customer, now_ms: int) -> str | None:
        """Return the id behind which a page that shows `current` may resume; None where nothing stands."""
        standing = self._of(customer, now_ms)
        return standing[-1].event_id if standing else None

    def drop(self, customer: Customer) -> None:
        """Let go of all that stands for a customer; his pages cannot resume from before this."""
        for held in set(self._standing.get(customer, {}).values()):
            self._remove(held)
        self._dropped[customer] = _Dropped(dict(self._next), self._latest_ms)

    def expire(self, now_ms: int) -> None:
        """Let go of what has expired, oldest first up to the first that has not: all live about as long."""
        while self._held and (first := next(iter(self._held.values()))).until_ms <= now_ms:
            self._remove(first)
        for customer in [name for name, dropped in self._dropped.items() if dropped.until_ms <= now_ms]:
            del self._dropped[customer]

    def _of(self, customer: Customer, now_ms: int) -> list[Held]:
        counting = {held for held in self._standing.get(customer, {}).values() if held.until_ms > now_ms}
        return sorted(counting, key=lambda held: held.offset)

    def _put(self, new: Held) -> Held:
        standing = self._standing.setdefault(new.customer, {})
        replaced = {standing[at] for at in new.places if at in standing}
        if replaced:
            new = replace(new, replaces_until_ms=max(old.until_ms for old in replaced))
        for old in replaced:
            left = old.without(new.places)
            if left is None:
                del self._held[old.partition, old.offset]
            else:
                self._held[old.partition, old.offset] = left
                standing.update(dict.fromkeys(left.places, left))
        self._held[new.partition, new.offset] = new
        standing.update(dict.fromkeys(new.places, new))
        return new

    def _remove(self, held: Held) -> None:
        del self._held[held.partition, held.offset]
        standing = self._standing[held.customer]
        for at in held.places:
            del standing[at]
        if not standing:
            del self._standing[held.customer]

    def _give_up(self, held: Held) -> None:
        self._floor[held.partition] = max(held.offset + 1, self._floor.get(held.partition, 0))
        self._remove(held)

    def _begin_anew(self, partition: int, offset: int) -> None:
        for held in [held for at, held in self._held.items() if at[0] == partition]:
            self._remove(held)
        self._next[partition], self._floor[partition] = offset, offset + 1
