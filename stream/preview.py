"""What would be shown to a customer who looks at these items now: to somebody new, or to one whose profile is known."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.answers import TOUCHING
from online_models.explanation import Why, explained
from online_models.left_out import LeftOut
from online_models.recommend import Occasion
from stream.contracts.events import Event, Item, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.suggestion import SuggestedList
from stream.engine.knowledge import Knowledge

SOMEBODY = "preview"
BETWEEN_VIEWS_MS = 10_000
BROWSE_ITEMS = 10


class Next(Struct, frozen=True):
    """One item that the customer will probably look at next."""

    item_id: str
    item_name: str | None
    score: float


class Preview(Struct, frozen=True):
    """What would be shown; `silences`: (list, rule) of those that stay silent; `browse`: what the next view will probably be.

    `why` and `left_out` are only filled where that was asked for.
    """

    lists: tuple[SuggestedList, ...]
    silences: tuple[tuple[str, str], ...]
    browse: tuple[Next, ...]
    memory_version: int
    model_version: int
    policy_version: str
    customer: str | None = None
    why: tuple[Why, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Asked(Struct, frozen=True):
    """Who looks at what, in the order of looking; the last item is on screen. `profile`: without one, a new customer's.

    `wanted`: one list alone, or `browse`; None: all lists. `language`: BCP 47; None: as the profile says. `why`: with scores and rules.
    """

    item_ids: Sequence[str]
    now_ms: int
    wanted: str | None = None
    language: str | None = None
    customer: str | None = None
    profile: Profile | None = None
    why: bool = False


def preview(know: Knowledge, asked: Asked) -> Preview:
    """Return what the policy has to say after the items were looked at one after the other; `know` and the profile stay as they are.

    For a new customer the policy's caps and pauses are left out of account; for a known one they hold as they would live.
    """
    policy = know.policy if asked.profile is not None else know.policy.unhindered()
    found = explained(_occasion(asked), memory=know.memory, catalog=know.catalog, weights=know.weights, policy=policy, now_ms=asked.now_ms)
    answer, browse = found.answer, found.browse
    lists = tuple(shown for shown in answer.lists if asked.wanted in (None, shown.item_list_id))
    best = browse.top(BROWSE_ITEMS) if asked.wanted == "browse" and browse is not None else []
    nexts = tuple(Next(item_id, found.scene.name(item_id), round(score, 6)) for item_id, score in best)
    return Preview(
        lists,
        tuple(silence for silence in answer.silences if asked.wanted in (None, silence[0])),
        nexts,
        know.memory.version,
        know.weights.version,
        know.policy.version,
        asked.customer,
        (*found.why(lists), *found.why_next(one.item_id for one in nexts)) if asked.why else (),
        tuple(found.left_out(asked.wanted)) if asked.why else (),
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


def _occasion(asked: Asked) -> Occasion:
    profile = EMPTY if asked.profile is None else asked.profile
    customer = asked.customer or SOMEBODY
    for back, item_id in reversed(list(enumerate(reversed(asked.item_ids)))):
        at_ms = asked.now_ms - BETWEEN_VIEWS_MS * back
        event = ViewItem(event_id=f"{SOMEBODY}-{at_ms}", event_time_ms=at_ms, language=asked.language, items=(Item(item_id),))
        profile = fold(profile, event)
    return Occasion(event, customer, session_of(profile, customer, None, asked.now_ms), profile)
