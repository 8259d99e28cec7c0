"""Protocol accessory over sessions: what else is carted or bought in a session after an item was, of another category."""

from collections.abc import Iterable
from typing import Unpack

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY
from features.session import session_of
from online_models.evaluate.metrics import Rankers
from online_models.evaluate.next_item import NOT_LISTED, NextItemWalk, Touch, touches_of
from online_models.evaluate.report import More, Report
from online_models.evaluate.walk import How, Walk
from online_models.memory.sessions import NOTHING
from online_models.memory.shared import SharedMemory
from online_models.request import Request
from stream.contracts.events import AddToCart, Event, Purchase

K = 10


def evaluate_accessory_sessions(events: Iterable[Event], catalog: Catalog, **how: Unpack[How]) -> Report:
    """Ask at the first cart or purchase of an item in a session what else follows; everything is learnt as next-item learns it.

    Args:
        events: in any order; those without a session id are left out. They are all held in memory.
        catalog: tells the category of items whose events do not.
        how: see `How`; the tail is 0.5 unless given, and counts the touches of all kinds.
    """
    touches = touches_of(events)
    return _Walk(catalog, _truths(touches, catalog), **({"tail": 0.5} | how)).over(touches)


def _truths(touches: list[Touch], catalog: Catalog) -> dict[int, frozenset[str]]:
    """Return for each touch with a question the items of other categories that are carted or bought later in its session."""
    taken: dict[str, list[tuple[int, str, str | None]]] = {}
    for number, touch in enumerate(touches):
        if isinstance(touch.event, AddToCart | Purchase):
            category = touch.event.items[0].leaf_category or catalog.category(touch.item_id)
            taken.setdefault(touch.session, []).append((number, touch.item_id, category))
    truths = {}
    for lines in taken.values():
        met: set[str] = set()
        for at, (number, item_id, category) in enumerate(lines):
            later = [(other, there) for _, other, there in lines[at + 1 :] if other != item_id]
            truth = frozenset([other for other, there in later if category is None or there != category])
            if item_id not in met and truth:
                truths[number] = truth
            met.add(item_id)
    return truths


class _Walk(Walk[Touch, Rankers]):
    """Its questions are its own; the next-item walk inside asks none that count, and learns for both."""

    protocol = "accessory"

    def __init__(self, catalog: Catalog, truths: dict[int, frozenset[str]], **how: Unpack[How]) -> None:
        super().__init__(Rankers(("popular", "history"), K, recall=True), **how)
        self.truths = truths
        self.inner = NextItemWalk(catalog, learner=self.learner)
        self.memory, self.profiles, self.learning = self.inner.memory, self.inner.profiles, self.inner.learning

    def take(self, step: Touch, number: int, *, counts: bool) -> None:
        if counts and number in self.truths:
            self._answer(step, self.truths[number])
        self.inner.take(step, number, counts=False)
        self.weights = self.inner.weights

    def _answer(self, touch: Touch, truth: frozenset[str]) -> None:
        """Ask with the touch in the profile and not in the memory, as the worker does."""
        at_ms = touch.event.event_time_ms
        profile = fold(self.profiles.get(touch.customer, EMPTY), touch.event)
        session = session_of(profile, touch.customer, touch.session, at_ms)
        anchors = tuple(dict.fromkeys([touch.item_id, *session.items]))
        here = self.inner.category(touch.event.items[0])
        request = Request("accessory", anchors, session=touch.session, k=0, seen_only=True, category=here)
        ranked = self.ask(request, profile, NOT_LISTED, at_ms)
        self.count(ranked, truth, at_ms)
        known = [other.item_id for other in reversed(profile.history)]
        free = [other for other in known if other != touch.item_id and _category(other, self.memory) != here]
        self.baselines.metrics["history"].count(free, truth)
        self.baselines.metrics["popular"].count(_popular(self.memory, here, touch.item_id), truth)

    def more(self) -> More:
        return {"over": "sessions"}


def _category(item_id: str, memory: SharedMemory) -> str | None:
    index = memory.items.find(item_id)
    number = NOTHING if index is None else int(memory.categories.of[index])
    return None if number == NOTHING else memory.categories.names.ids[number]


def _popular(memory: SharedMemory, category: str | None, item_id: str) -> list[str]:
    """Return the most touched items of other categories."""
    counts = memory.popularity.counts[: len(memory.items)]
    found = (-counts).argsort(kind="stable")[: 10 * K].tolist()
    names = [memory.items.ids[item] for item in found if counts[item]]
    return [name for name in names if name != item_id and (category is None or _category(name, memory) != category)][:K]
