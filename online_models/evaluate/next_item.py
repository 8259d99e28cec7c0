"""Protocol next-item: what the customer will look at next."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.accessory import across
from online_models.evaluate.metrics import Metrics, Stopwatch
from online_models.evaluate.next_item_baselines import Baselines
from online_models.evaluate.report import Report, size_mib
from online_models.learn import Learner
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import step
from online_models.request import Ranked, Request
from stream.contracts.events import AddToCart, Event, Item, Purchase, SelectItem, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered

K = 20
KINDS = (ViewItem, SelectItem, AddToCart, Purchase)
NOT_LISTED = Catalog()  # a research catalogue lists items from the future


class Touch(NamedTuple):
    """One item of one event; a purchase of several items is several touches."""

    event: Event
    customer: str
    session: str
    item_id: str


def evaluate_next_item(
    events: Iterable[Event],
    catalog: Catalog,
    *,
    tail: float = 0.2,
    learner: Learner | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Ask before every touch, then learn it; count the questions among the last `tail` of the touches.

    Args:
        events: in any order; those without a session id are left out. They are all held in memory.
        catalog: tells the category of items whose events do not.
        tail: share of the touches whose questions count.
        learner: the ranker that is asked and taught; a new one unless given.
        progress: called with the number of touches done, every 1,000.
    """
    touches = touches_of(events)
    walk = Walk(catalog, learner or Learner())
    counted_from = int((1 - tail) * len(touches))
    for number, touch in enumerate(touches):
        walk.take(touch, number, counts=number >= counted_from)
        if (number + 1) % 1000 == 0:
            progress(number + 1)
    return walk.report(len(touches))


def touches_of(events: Iterable[Event]) -> list[Touch]:
    """Return the protocol's touches in its order: by time, session id, line."""
    chosen = [event for event in events if isinstance(event, KINDS) and event.session_id]
    chosen.sort(key=lambda event: (event.event_time_ms, event.session_id))
    return [touch for event in chosen for touch in _touches(event)]


def _touches(event: Event) -> Iterator[Touch]:
    session = event.session_id or ""
    customer = event.customer or event.user_id or event.client_id or session
    for place, line in enumerate(event.items):
        own = replace(event, items=(line,), event_id=f"{event.event_id}#{place}")
        yield Touch(own, customer, session, line.item_id)


class Walk:
    """The pass: what is known before each touch, and what was answered."""

    def __init__(self, catalog: Catalog, learner: Learner) -> None:
        self.catalog = catalog
        self.memory = SharedMemory()
        self.learner = learner
        self.weights = self.learner.weights()
        self.baselines = Baselines(K)
        self.metrics = Metrics(K)
        self.recommending, self.learning = Stopwatch(), Stopwatch()
        self.profiles: dict[str, Profile] = {}
        self.last: dict[str, str] = {}  # session -> its last item

    def take(self, touch: Touch, number: int, *, counts: bool) -> None:
        """Ask if there is a question, then learn."""
        before = self.last.get(touch.session)
        profile = self.profiles.get(touch.customer, EMPTY)
        ranked = None
        if before is not None and before != touch.item_id:
            ranked = self._ask(touch, profile)
            if counts:
                self.metrics.count(ranked.items, (touch.item_id,))
                self.baselines.count(self.memory, touch.session, touch.item_id)
        with self.learning:
            self._learn(touch, number, ranked)
        self.baselines.learn(touch.session, touch.item_id)
        self.last[touch.session] = touch.item_id
        self.profiles[touch.customer] = fold(profile, touch.event)

    def _ask(self, touch: Touch, profile: Profile) -> Ranked:
        at_ms = touch.event.event_time_ms
        session = session_of(profile, touch.customer, touch.session, at_ms)
        request = Request("browse", session.items, session=touch.session, k=K, seen_only=True)
        with self.recommending:
            return rank(request, profile, self.memory, NOT_LISTED, self.weights, at_ms)

    def _learn(self, touch: Touch, number: int, ranked: Ranked | None) -> None:
        across_too = () if ranked is None else (ranked, across(ranked, self.last[touch.session], self.memory, self.weights))
        for candidates in across_too:
            lesson = None if candidates is None else step(candidates, touch.item_id)
            if lesson is not None:
                self.learner.learn(lesson.head, lesson.bucket, lesson.z, lesson.loss)
        if ranked is not None:
            self.weights = self.learner.weights()
        event, (line,) = touch.event, touch.event.items
        remembered = Remembered(line.item_id, line.price, self.category(line), line.quantity)
        origin = Origin("log", 0, number)
        self.memory.take_in(MemoryRecord(origin, touch.customer, touch.session, name_of(event), event.event_time_ms, (remembered,)))

    def category(self, line: Item) -> str | None:
        """Return the category that the line names, else the catalogue's."""
        return line.leaf_category or self.catalog.category(line.item_id)

    def report(self, events: int) -> Report:
        """Return what was found over so many touches."""
        return Report(
            "next-item",
            self.metrics.n,
            self.metrics.figures(),
            self.baselines.figures(),
            events,
            len(self.memory.items),
            self.recommending.percentiles_us(),
            self.learning.percentiles_us(),
            size_mib(self.memory),
        )
