"""Protocol upgrade: what dearer thing does a customer take who comes back to a category."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from online_models.evaluate.baskets import baskets_of, customer_of, remembered, titles_only
from online_models.evaluate.metrics import Metrics, Stopwatch
from online_models.evaluate.report import Report, size_mib
from online_models.evaluate.upgrade_baselines import Baselines, Shelves
from online_models.learn import Learner
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import step
from online_models.request import Ranked, Request
from stream.contracts.events import Event, Purchase

K = 10
DEARER = 1.02  # price of an upgrade / price of what was taken the last time, at least


class Question(Struct, frozen=True):
    """A customer back in `category`, where he took `item` alone the last time; `truth`: dearer items new to him that he takes now."""

    category: str
    item: str
    truth: frozenset[str]


def evaluate_upgrade(
    events: Iterable[Event],
    catalog: Catalog,
    *,
    tail: float = 0.2,
    learner: Learner | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Ask at every return to a category what dearer item is taken; count the questions among the last `tail` of the baskets.

    Args:
        events: in any order; purchases with a transaction_id count, all others are left out. They are all held in memory.
        catalog: tells titles, and the category of items whose events do not; its prices may be from the future and are not read.
        tail: share of the baskets whose questions count.
        learner: the ranker that is asked and taught; a new one unless given.
        progress: called with the number of baskets done, every 1,000.
    """
    baskets = baskets_of(events)
    walk = _Walk(catalog, learner or Learner())
    counted_from = int((1 - tail) * len(baskets))
    for number, basket in enumerate(baskets):
        walk.take(basket, number, counts=number >= counted_from)
        if (number + 1) % 1000 == 0:
            progress(number + 1)
    return walk.report(len(baskets))


class _Walk:
    """The pass: what is known before each basket, and what was answered."""

    def __init__(self, catalog: Catalog, learner: Learner) -> None:
        self.catalog, self.titles = catalog, titles_only(catalog)
        self.memory, self.learner = SharedMemory(), learner
        self.shelves, self.baselines, self.metrics = Shelves(), Baselines(K), Metrics(K)
        self.recommending, self.learning = Stopwatch(), Stopwatch()
        self.profiles: dict[str, Profile] = {}
        self.bought: dict[str, set[str]] = {}
        self.last: dict[tuple[str, str], tuple[str, ...]] = {}  # customer, category -> his last items of it

    def take(self, basket: Purchase, number: int, *, counts: bool) -> None:
        """Ask what there is to ask, then learn."""
        customer = customer_of(basket)
        profile, bought = self.profiles.get(customer, EMPTY), self.bought.setdefault(customer, set())
        taken = self._by_category(basket)
        for question in self._questions(basket, customer, taken, bought):
            ranked = self._ask(question, basket, profile, frozenset(bought))
            if counts:
                self.metrics.count(ranked.items, question.truth)
                self.baselines.count(self.shelves, self.memory, question.category, question.item, bought, question.truth)
            self._teach(ranked, question)
        for category, items in taken.items():
            self.baselines.learn(self.last.get((customer, category), ()), items)
            self.last[customer, category] = items
        with self.learning:
            record = remembered(basket, number, customer, profile, self.catalog)
            self.memory.take_in(record)
            self.shelves.learn(record.items, number)
        self.profiles[customer] = fold(profile, basket)
        bought.update(line.item_id for line in basket.items)

    def _by_category(self, basket: Purchase) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for line in sorted({line.item_id: line for line in basket.items}.values(), key=lambda line: line.item_id):
            category = line.leaf_category or self.catalog.category(line.item_id)
            if category is not None:
                found[category] = (*found.get(category, ()), line.item_id)
        return found

    def _questions(self, basket: Purchase, customer: str, taken: dict[str, tuple[str, ...]], bought: set[str]) -> Iterator[Question]:
        paid = {line.item_id: line.price for line in basket.items}
        for category, items in taken.items():
            before = self.last.get((customer, category), ())
            price = self.shelves.price(before[0]) if len(before) == 1 else None
            if price is None:
                continue
            prices = {item: self.shelves.price(item) or paid[item] or 0.0 for item in items if item not in bought}
            truth = frozenset([item for item, now in prices.items() if now > DEARER * price])
            if truth:
                yield Question(category, before[0], truth)

    def _ask(self, question: Question, basket: Purchase, profile: Profile, bought: frozenset[str]) -> Ranked:
        request = Request("upgrade", (question.item,), barred=bought, k=0, seen_only=True)
        with self.recommending:
            return rank(request, profile, self.memory, self.titles, self.learner.weights(), basket.event_time_ms)

    def _teach(self, ranked: Ranked, question: Question) -> None:
        """One step: towards the true item that was ranked best."""
        taken = next((item for item in ranked.items if item in question.truth), None)
        lesson = None if taken is None else step(ranked, taken)
        if lesson is not None:
            self.learner.learn(lesson.head, lesson.bucket, lesson.z, lesson.loss)

    def report(self, baskets: int) -> Report:
        return Report(
            "upgrade",
            self.metrics.n,
            self.metrics.figures(),
            self.baselines.figures(),
            baskets,
            len(self.memory.items),
            self.recommending.percentiles_us(),
            self.learning.percentiles_us(),
            size_mib(self.memory),
        )
