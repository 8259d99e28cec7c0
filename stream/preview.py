"""What would be shown to a customer who is new and looks at these items now."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.answers import TOUCHING
from online_models.recommend import Occasion, recommend
from stream.contracts.events import Event, Item, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.suggestion import SuggestedList
from stream.engine.knowledge import Knowledge

Wanted = Literal["accessories", "upgrades", "alternatives", "bundle", "also_bought", "browse"]
SOMEBODY = "preview"
BETWEEN_VIEWS_MS = 10_000
BROWSE_ITEMS = 10


class Next(Struct, frozen=True):
    """One item that the customer will probably look at next."""

    item_id: str
    item_name: str | None
    score: float


class Preview(Struct, frozen=True):
    """What would be shown; `silences`: (list, rule) of those that stay silent; `browse`: what the next view will probably be."""

    lists: tuple[SuggestedList, ...]
    silences: tuple[tuple[str, str], ...]
    browse: tuple[Next, ...]
    memory_version: int
    model_version: int
    policy_version: str


def preview(know: Knowledge, item_ids: Sequence[str], *, wanted: Wanted | None, language: str, now_ms: int) -> Preview:
    """Return what the policy, without its caps and pauses, has to say after the items were looked at one after the other.

    Args:
        know: memory, catalogue, weights and policy; unchanged.
        item_ids: in the order of looking; the last one is on screen.
        wanted: one list alone, or `browse`; None: all lists.
        language: `ja` or `en`.
        now_ms: when the last item is looked at.
    """
    profile = EMPTY
    events = [_view(item_id, now_ms - BETWEEN_VIEWS_MS * back, language) for back, item_id in enumerate(reversed(item_ids))][::-1]
    for event in events:
        profile = fold(profile, event)
    session = session_of(profile, SOMEBODY, None, now_ms)
    answer = recommend(
        Occasion(events[-1], SOMEBODY, session, profile),
        memory=know.memory,
        catalog=know.catalog,
        weights=know.weights,
        policy=know.policy.for_evaluation(),
        now_ms=now_ms,
    )
    browse = answer.ranked["browse"].top(BROWSE_ITEMS) if wanted == "browse" and "browse" in answer.ranked else []
    return Preview(
        tuple(shown for shown in answer.lists if wanted in (None, shown.item_list_id)),
        tuple(silence for silence in answer.silences if wanted in (None, silence[0])),
        tuple(Next(item_id, _name(know, item_id), round(score, 6)) for item_id, score in browse),
        know.memory.version,
        know.weights.version,
        know.policy.version,
    )


def remember(know: Knowledge, events: Iterable[Event]) -> int:
    """Take a log into the shared memory as answered events would be; returns the newest event's time, 0 for an empty log."""
    profiles: dict[str, Profile] = {}  # only of customers whose events name no session
    newest_ms = 0
    for number, event in enumerate(events):
        newest_ms = max(newest_ms, event.event_time_ms)
        if not isinstance(event, TOUCHING) or not event.items:
            continue
        customer = event.customer or ""
        if not event.session_id:
            profiles[customer] = fold(profiles.get(customer, EMPTY), event)
        session = session_of(profiles.get(customer, EMPTY), customer, event.session_id, event.event_time_ms).key
        items = tuple(Remembered(item.item_id, item.price, item.leaf_category, item.quantity) for item in event.items)
        origin = Origin("log", 0, number)
        know.memory.take_in(MemoryRecord(origin, customer, session, name_of(event), event.event_time_ms, items, event.transaction_id))
    return newest_ms


def _view(item_id: str, at_ms: int, language: str) -> ViewItem:
    return ViewItem(event_id=f"{SOMEBODY}-{at_ms}", event_time_ms=at_ms, language=language, items=(Item(item_id),))


def _name(know: Knowledge, item_id: str) -> str | None:
    entry = know.catalog.get(item_id)
    return None if entry is None else entry.item_name
