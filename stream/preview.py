"""What would be shown to a customer who looks at these items now: to somebody new, or to one whose profile is known."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.answers import TOUCHING
from online_models.browse.question import browse_request
from online_models.left_out import LeftOut, left_out
from online_models.lists.alternatives import rank_of_kind
from online_models.lists.scene import Scene, scene_of
from online_models.policy.silence import NOTHING
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.recommend import Occasion, Recommendation, recommend
from online_models.request import Ranked
from online_models.scored import Scored, scored
from stream.contracts.events import Event, Item, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.suggestion import SuggestedItem, SuggestedList
from stream.engine.knowledge import Knowledge

SOMEBODY = "preview"
BETWEEN_VIEWS_MS = 10_000
BROWSE_ITEMS = 10
EXPLAINED = 200  # places of the next-view order whose sources are told


class Next(Struct, frozen=True):
    """One item that the customer will probably look at next."""

    item_id: str
    item_name: str | None
    score: float


class Why(Struct, frozen=True):
    """One item of a list, or of `browse`, with every head that ranked it; the one that gave the card its score comes first."""

    item_list_id: str
    item_id: str
    scored: tuple[Scored, ...]


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
    occasion = _occasion(asked)
    answer = recommend(occasion, memory=know.memory, catalog=know.catalog, weights=know.weights, policy=policy, now_ms=asked.now_ms)
    browse = _browse(occasion, know, asked.now_ms)
    scene = scene_of(
        occasion, memory=know.memory, catalog=know.catalog, weights=know.weights, policy=policy, now_ms=asked.now_ms, browse=browse
    )
    lists = tuple(shown for shown in answer.lists if asked.wanted in (None, shown.item_list_id))
    best = browse.top(BROWSE_ITEMS) if asked.wanted == "browse" and browse is not None else []
    nexts = tuple(Next(item_id, scene.name(item_id), round(score, 6)) for item_id, score in best)
    return Preview(
        lists,
        tuple(silence for silence in answer.silences if asked.wanted in (None, silence[0])),
        nexts,
        know.memory.version,
        know.weights.version,
        know.policy.version,
        asked.customer,
        tuple(_why(answer, lists, nexts, scene, browse)) if asked.why else (),
        tuple(_left_out(answer, scene, asked.wanted)) if asked.why else (),
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


def _browse(occasion: Occasion, know: Knowledge, now_ms: int) -> Ranked | None:
    """Return the next-view order as `recommend` ranks it, with its sources."""
    request = browse_request(occasion)
    if request is None:
        return None
    return rank(replace(request, k=EXPLAINED), occasion.profile, know.memory, know.catalog, know.weights, now_ms)


def _why(
    answer: Recommendation, lists: Sequence[SuggestedList], nexts: Sequence[Next], scene: Scene, browse: Ranked | None
) -> Iterable[Why]:
    """Yield the cards and next views with the orders that they stand in."""
    learnt = [ranked for head, ranked in answer.ranked.items() if head != "browse"] + ([] if browse is None else [browse])
    for shown in lists:
        orders = [(ranked, scene.weights) for ranked in learnt]
        if shown.item_list_id == "alternatives" and shown.items and scene.on_screen is not None:
            orders = [(rank_of_kind(scene, scene.on_screen, scene.never), Weights.start()), *orders]  # these weights are not learnt
        for item in shown.items:
            yield Why(shown.item_list_id, item.item_id, _nearest(item, orders))
    for one in nexts:
        found = None if browse is None else scored(one.item_id, browse, scene.weights)
        yield Why("browse", one.item_id, () if found is None else (found,))


def _nearest(item: SuggestedItem, orders: Sequence[tuple[Ranked, Weights]]) -> tuple[Scored, ...]:
    found = [one for ranked, weights in orders if (one := scored(item.item_id, ranked, weights)) is not None]
    return tuple(sorted(found, key=lambda one: abs(one.score - item.score)))


def _left_out(answer: Recommendation, scene: Scene, wanted: str | None) -> Iterable[LeftOut]:
    """Yield what each list that chose left out; where a list kept silent before it chose, its rule says enough."""
    silenced = {name for name, rule in answer.silences if rule != NOTHING}
    taken: frozenset[str] = frozenset()
    for name in scene.policy.order:
        own = frozenset(item.item_id for shown in answer.lists if shown.item_list_id == name for item in shown.items)
        if name not in silenced and wanted in (None, name):
            yield from left_out(name, scene, taken=taken, shown=own)
        taken |= own
