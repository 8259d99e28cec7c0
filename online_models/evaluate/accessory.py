"""Protocol accessory over baskets: what goes with one item of the basket, of another category and new to the customer."""

from collections.abc import Callable, Iterable

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from online_models.basket.question import anchor_of
from online_models.evaluate.accessory_baselines import Baselines
from online_models.evaluate.baskets import baskets_of, customer_of, remembered, titles_only
from online_models.evaluate.metrics import Metrics, Stopwatch
from online_models.evaluate.report import Report, size_mib
from online_models.learn import Learner
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import step
from online_models.request import Ranked, Request
from stream.contracts.events import Event, Purchase

K = 10
NO_CATEGORIES = Catalog()


def evaluate_accessory(
    events: Iterable[Event],
    catalog: Catalog,
    *,
    ignore_category: bool = False,
    tail: float = 0.2,
    learner: Learner | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Ask every basket what goes with one of its items, then learn it; count the questions among the last `tail` of the baskets.

    Args:
        events: in any order; purchases with a transaction_id count, all others are left out. They are all held in memory.
        catalog: tells titles, and the category of items whose events do not.
        ignore_category: for a catalogue that is one category: what is of the item's own counts too.
        tail: share of the baskets whose questions count.
        learner: the ranker that is asked and taught; a new one unless given.
        progress: called with the number of baskets done, every 1,000.
    """
    baskets = baskets_of(events)
    walk = _Walk(catalog, ignore_category, learner or Learner())
    counted_from = int((1 - tail) * len(baskets))
    for number, basket in enumerate(baskets):
        walk.take(basket, number, counts=number >= counted_from)
        if (number + 1) % 1000 == 0:
            progress(number + 1)
    return walk.report(len(baskets))


class _Walk:
    """The pass: what is known before each basket, and what was answered."""

    def __init__(self, catalog: Catalog, ignore_category: bool, learner: Learner) -> None:
        self.categories = NO_CATEGORIES if ignore_category else catalog
        self.titles, self.ignore_category = titles_only(catalog), ignore_category
        self.memory, self.learner = SharedMemory(), learner
        self.baselines, self.metrics = Baselines(K), Metrics(K)
        self.recommending, self.learning = Stopwatch(), Stopwatch()
        self.profiles: dict[str, Profile] = {}
        self.bought: dict[str, set[str]] = {}

    def take(self, basket: Purchase, number: int, *, counts: bool) -> None:
        """Ask if there is a question, then learn."""
        customer = customer_of(basket)
        profile, bought = self.profiles.get(customer, EMPTY), self.bought.setdefault(customer, set())
        record = remembered(basket, number, customer, profile, self.categories)
        category = {line.item_id: None if self.ignore_category else line.category for line in record.items}
        anchor, others = anchor_of(str(basket.transaction_id), category)
        truth = [item for item in others if item not in bought and (category[anchor] is None or category[item] != category[anchor])]
        if truth:
            ranked = self._ask(anchor, basket, profile, frozenset(bought))
            if counts:
                self.metrics.count(ranked.items, truth)
                self.baselines.count(self.memory, anchor, category[anchor], bought, truth)
            lesson = step(ranked, *truth)
            if lesson is not None:
                self.learner.learn(lesson.head, lesson.bucket, lesson.z, lesson.loss)
        with self.learning:
            self.memory.take_in(record)
        self.profiles[customer] = fold(profile, basket)
        bought.update(category)

    def _ask(self, anchor: str, basket: Purchase, profile: Profile, bought: frozenset[str]) -> Ranked:
        request = Request("accessory", (anchor,), mode="discover", barred=bought, k=0, seen_only=True)
        with self.recommending:
            return rank(request, profile, self.memory, self.titles, self.learner.weights(), basket.event_time_ms)

    def report(self, baskets: int) -> Report:
        return Report(
            "accessory",
            self.metrics.n,
            self.metrics.figures(recall=True),
            self.baselines.figures(),
            baskets,
            len(self.memory.items),
            self.recommending.percentiles_us(),
            self.learning.percentiles_us(),
            size_mib(self.memory),
        )
