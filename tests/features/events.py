"""Events of one customer, as short as a test wants to read them."""

from collections.abc import Iterable
from functools import reduce
from itertools import count
from typing import Any, TypeVar

from features.fold import fold
from features.profile import EMPTY, Profile
from stream.contracts.events import Event, Item, SelectItem, ViewItem

MINUTE_MS = 60 * 1000
DAY_MS = 24 * 60 * MINUTE_MS
NOON_MS = 1_763_780_400_000  # 2025-11-22 03:00 UTC, noon in Tokyo
_ids = (f"e{number}" for number in count())
Kind = TypeVar("Kind", bound=Event)


def an_event(kind: type[Kind], *items: str | Item, at_ms: int = NOON_MS, **more: Any) -> Kind:
    """Return an event of `kind` about these items, with an id of its own unless one is given."""
    lines = tuple(Item(item) if isinstance(item, str) else item for item in items)
    return kind(event_id=more.pop("event_id", None) or next(_ids), event_time_ms=at_ms, items=lines, **more)


def a_view(*items: str | Item, at_ms: int = NOON_MS, **more: Any) -> ViewItem:
    return an_event(ViewItem, *items, at_ms=at_ms, **more)


def a_click(*items: str | Item, at_ms: int = NOON_MS, **more: Any) -> SelectItem:
    return an_event(SelectItem, *items, at_ms=at_ms, **more)


def folded(*events: Event, onto: Profile = EMPTY) -> Profile:
    return reduce(fold, events, onto)


def in_history(profile: Profile) -> Iterable[str]:
    return [touch.item_id for touch in profile.history]
