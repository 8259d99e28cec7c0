"""Delayed labels: what was shown, joined with what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Protocol, TypeVar

from msgspec import Struct

MINUTE_MS = 60_000
WINDOW_MS = 30 * MINUTE_MS  # of event time, after which an item that was seen and not taken is a no
LATE_MS = 90 * MINUTE_MS  # of event time, for which a late yes may still correct it
MOST_IN_A_MINUTE = 300  # suggestions joined: at most 300 * 121 are held, some 40 MB

SEEN, CLICK, CART, BUY, DISMISSED = KINDS = ("view_item_list", "select_item", "add_to_cart", "purchase", "dismiss_suggestion")
TAKEN = frozenset({CLICK, CART, BUY})


class OfList(Protocol):
    """A shown item that knows its list."""

    list_id: str


Shown = TypeVar("Shown", bound=OfList)


class Lesson(Struct, frozen=True):
    """A label: the features as they were shown (float32 bytes), and whether the item was taken up. `corrects`: it was said to be a no."""

    x: bytes
    taken: bool
    corrects: bool = False


class Final(Struct, frozen=True):
    """All that was heard of a shown item that was seen; no outcome is waited for any more."""

    heard: frozenset[str]


class Card(Struct):
    """One shown item. `label`: what was taught of it so far."""

    list_id: str
    x: bytes
    heard: frozenset[str] = frozenset()
    label: bool | None = None


class Held(Struct):
    """One suggestion that outcomes are waited for. `before`: the highest offset of its source that was handled before it."""

    suggestion_id: str
    offset: int
    opened_ms: int
    in_minute: int
    source: str
    before: int | None
    cards: dict[str, Card]
    closed: bool = False


class Place(Struct, frozen=True):
    """What the join knew before its oldest suggestion came, or knows now where it holds none."""

    clock_ms: int
    in_minute: int
    seen: dict[str, int]


class Join:
    """Holds what was shown until nothing can change its label; suggestions leave in the order in which they came.

    A card's label is a yes once a click, a cart or a purchase was heard, in whatever order and however late while it is held; a no
    once it was dismissed, or was seen and the window is over; none while neither holds, so that what nobody saw teaches nothing.

    The clock is the latest event time, and a suggestion's window begins where the clock stood when it came: a customer whose own clock
    is slow closes nothing early. Of each minute of this clock the first 300 suggestions are joined, whatever becomes of them: the
    labels of a busy shop are a fair sample. What is held after some records depends on what `place()` says and the records
    from `oldest` on alone.
    """

    def __init__(self, clock_ms: int = 0, in_minute: int = 0, seen: Mapping[str, int] | None = None) -> None:
        self._clock_ms, self._in_minute = clock_ms, in_minute
        self._seen = dict(seen or {})
        self._open: deque[Held] = deque()
        self._closed: deque[Held] = deque()
        self._by_id: dict[str, Held] = {}

    def __len__(self) -> int:
        """Return how many suggestions are held."""
        return len(self._open) + len(self._closed)

    @property
    def oldest(self) -> int | None:
        """Return the offset of the oldest suggestion held; None when there is none."""
        return self._closed[0].offset if self._closed else self._open[0].offset if self._open else None

    def advance(self, at_ms: int) -> list[Lesson | Final]:
        """Move the clock on to `at_ms`, never back; return what windows that are over teach."""
        if at_ms > self._clock_ms:
            self._in_minute *= at_ms // MINUTE_MS == self._clock_ms // MINUTE_MS
            self._clock_ms = at_ms
        return [*self._close(), *self._drop()]

    def shown(self, suggestion_id: str, cards: Mapping[str, Card], *, source: str, source_offset: int, offset: int) -> str:
        """Hold a suggestion that came at `offset`; return "shown", or why not: "repeats" or "not_sampled".

        `source_offset` grows within `source`: one that is not beyond those before was handled already.
        """
        before = self._seen.get(source)
        if before is not None and source_offset <= before:
            return "repeats"
        self._seen[source] = source_offset
        if self._in_minute >= MOST_IN_A_MINUTE:
            return "not_sampled"
        held = Held(suggestion_id, offset, self._clock_ms, self._in_minute, source, before, dict(cards))
        self._in_minute += 1
        self._open.append(held)
        self._by_id[suggestion_id] = held
        return "shown"

    def heard(self, suggestion_id: str, kind: str, item_ids: Iterable[str], list_id: str | None) -> list[Lesson] | None:
        """Return what it teaches that `kind` happened to these items; without any, to the list, or to all lists.

        None: the suggestion is not held. What is heard again changes nothing.
        """
        held = self._by_id.get(suggestion_id)
        if held is None:
            return None
        cards = meant(held.cards, kind, item_ids, list_id)
        for card in cards:
            card.heard |= {kind}
        return [lesson for card in cards for lesson in _lessons(card, held.closed)]

    def place(self) -> Place:
        """Return with what a new join comes to the same, if it takes in the records from `oldest` on. O(suggestions held)."""
        if not len(self):
            return Place(self._clock_ms, self._in_minute, dict(self._seen))
        seen: dict[str, int | None] = dict(self._seen)
        for held in chain(reversed(self._open), reversed(self._closed)):
            seen[held.source] = held.before
        first = self._closed[0] if self._closed else self._open[0]
        return Place(first.opened_ms, first.in_minute, {source: at for source, at in seen.items() if at is not None})

    def _close(self) -> Iterator[Lesson]:
        while self._open and self._open[0].opened_ms + WINDOW_MS <= self._clock_ms:
            held = self._open.popleft()
            held.closed = True
            self._closed.append(held)
            for card in held.cards.values():
                yield from _lessons(card, closed=True)

    def _drop(self) -> Iterator[Final]:
        while self._closed and self._closed[0].opened_ms + WINDOW_MS + LATE_MS <= self._clock_ms:
            held = self._closed.popleft()
            if self._by_id.get(held.suggestion_id) is held:
                del self._by_id[held.suggestion_id]
            yield from (Final(card.heard) for card in held.cards.values() if card.heard)


def meant(cards: Mapping[str, Shown], kind: str, item_ids: Iterable[str], list_id: str | None) -> list[Shown]:
    """Return those of a suggestion's cards, by item, that an outcome is about.

    They are those of its items; of a dismissal without items those of the list, or all.
    """
    named = dict.fromkeys(item_ids)
    if named:
        return [cards[item_id] for item_id in named if item_id in cards]
    return [card for card in cards.values() if kind == DISMISSED and list_id in (None, card.list_id)]


def _lessons(card: Card, closed: bool) -> Iterator[Lesson]:
    """Yield what is new to the learner; a yes stays a yes."""
    label = _label(card.heard, closed)
    if label is not None and label != card.label:
        yield Lesson(card.x, label, corrects=card.label is not None)
        card.label = label


def _label(heard: frozenset[str], closed: bool) -> bool | None:
    if heard & TAKEN:
        return True
    return False if DISMISSED in heard or (closed and SEEN in heard) else None
