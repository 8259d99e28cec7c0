"""Protocol accessory over sessions: what else is carted or bought in a session after an item was, of another category."""

from collections.abc import Callable, Iterable

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY
from features.session import session_of
from online_models.evaluate.metrics import Metrics, Stopwatch
from online_models.evaluate.next_item import NOT_LISTED, Touch, Walk, touches_of
from online_models.evaluate.report import Report, size_mib
from online_models.learn import Learner
from online_models.memory.sessions import NOTHING
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.request import Request
from stream.contracts.events import AddToCart, Event, Purchase

K = 10


def evaluate_accessory_sessions(
    events: Iterable[Event],
    catalog: Catalog,
    *,
    tail: float = 0.5,
    learner: Learner | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Ask at the first cart or purchase of an item in a session what else follows; everything is learnt as next-item learns it.

    Args:
        events: in any order; those without a session id are left out. They are all held in memory.
        catalog: tells the category of items whose events do not.
        tail: share of the touches, of all kinds, whose questions count.
        learner: the ranker that is asked and taught; a new one unless given.
        progress: called with the number of touches done, every 1,000.
    """
    touches = touches_of(events)
    truths = _truths(touches, catalog)
    walk, asked = Walk(catalog, learner or Learner()), _Questions()
    counted_from = int((1 - tail) * len(touches))
    for number, touch in enumerate(touches):
        if number in truths and number >= counted_from:
            asked.ask(touch, truths[number], walk)
        walk.take(touch, number, counts=False)
        if (number + 1) % 1000 == 0:
            progress(number + 1)
    return asked.report(walk, len(touches))


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


class _Questions:
    """What was asked, and how the simple rankers would have answered."""

    def __init__(self) -> None:
        self.metrics = Metrics(K)
        self.baselines = {"popular": Metrics(K), "history": Metrics(K)}
        self.recommending = Stopwatch()

    def ask(self, touch: Touch, truth: frozenset[str], walk: Walk) -> None:
        """Ask with the touch in the profile and not in the memory, as the worker does."""
        at_ms = touch.event.event_time_ms
        profile = fold(walk.profiles.get(touch.customer, EMPTY), touch.event)
        session = session_of(profile, touch.customer, touch.session, at_ms)
        anchors = tuple(dict.fromkeys([touch.item_id, *session.items]))
        request = Request("accessory", anchors, session=touch.session, k=0, seen_only=True)
        with self.recommending:
            ranked = rank(request, profile, walk.memory, NOT_LISTED, walk.weights, at_ms)
        self.metrics.count(ranked.items, truth)
        here = walk.category(touch.event.items[0])
        touched = [touch.item_id for touch in reversed(profile.history)]
        free = [other for other in touched if other != request.anchors[0] and _category(other, walk.memory) != here]
        self.baselines["history"].count(free, truth)
        self.baselines["popular"].count(_popular(walk.memory, here, touch.item_id), truth)

    def report(self, walk: Walk, events: int) -> Report:
        return Report(
            "accessory",
            self.metrics.n,
            self.metrics.figures(recall=True),
            {name: metrics.figures(recall=True) for name, metrics in self.baselines.items()},
            events,
            len(walk.memory.items),
            self.recommending.percentiles_us(),
            walk.learning.percentiles_us(),
            size_mib(walk.memory),
            {"over": "sessions"},
        )


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
