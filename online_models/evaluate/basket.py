"""Protocol basket: what else belongs in this cart."""

from collections import Counter
from collections.abc import Callable, Iterable

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from online_models.basket import held_out
from online_models.evaluate.basket_baselines import Baselines
from online_models.evaluate.baskets import baskets_of, customer_of, remembered, titles_only
from online_models.evaluate.metrics import Metrics, Stopwatch
from online_models.evaluate.report import Figures, Report, size_mib
from online_models.learn import Learner
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import step
from online_models.request import Mode, Ranked, Request
from stream.contracts.events import Event, Purchase

K = 10


def evaluate_basket(
    events: Iterable[Event],
    catalog: Catalog,
    *,
    mode: Mode = "mixed",
    tail: float = 0.2,
    learner: Learner | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Ask every basket for the line that was taken out of it, then learn it; count the questions among the last `tail` of the baskets.

    Args:
        events: in any order; purchases with a transaction_id count, all others are left out. They are all held in memory.
        catalog: tells titles, and the category of items whose events do not.
        mode: `discover` asks only for items that the customer never bought, and bars those that he did.
        tail: share of the baskets whose questions count.
        learner: the ranker that is asked and taught; a new one unless given.
        progress: called with the number of baskets done, every 1,000.
    """
    baskets = baskets_of(events)
    walk = _Walk(catalog, mode, learner or Learner())
    counted_from = int((1 - tail) * len(baskets))
    for number, basket in enumerate(baskets):
        walk.take(basket, number, counts=number >= counted_from)
        if (number + 1) % 1000 == 0:
            progress(number + 1)
    return walk.report(len(baskets))


class _Walk:
    """The pass: what is known before each basket, and what was answered."""

    def __init__(self, catalog: Catalog, mode: Mode, learner: Learner) -> None:
        self.catalog, self.titles, self.mode = catalog, titles_only(catalog), mode
        self.memory = SharedMemory()
        self.learner = learner
        self.baselines = Baselines(K)
        self.metrics, self.novel = Metrics(K), Metrics(K)
        self.recommending, self.learning = Stopwatch(), Stopwatch()
        self.profiles: dict[str, Profile] = {}
        self.bought: dict[str, Counter[str]] = {}  # customer -> item -> in how many of his baskets

    def take(self, basket: Purchase, number: int, *, counts: bool) -> None:
        """Ask if there is a question, then learn."""
        customer = customer_of(basket)
        profile, bought = self.profiles.get(customer, EMPTY), self.bought.setdefault(customer, Counter())
        question = held_out(str(basket.transaction_id), [line.item_id for line in basket.items])
        if question is not None and not (self.mode == "discover" and question[1] in bought):
            cart, target = question
            ranked = self._ask(basket, cart, profile, frozenset(bought))
            if counts:
                self._count(ranked, cart, target, bought)
            lesson = step(ranked, target)
            if lesson is not None:
                self.learner.learn(lesson.head, lesson.bucket, lesson.z, lesson.loss)
        with self.learning:
            self.memory.take_in(remembered(basket, number, customer, profile, self.catalog))
        self.profiles[customer] = fold(profile, basket)
        bought.update({line.item_id for line in basket.items})

    def _ask(self, basket: Purchase, cart: tuple[str, ...], profile: Profile, bought: frozenset[str]) -> Ranked:
        barred = bought if self.mode == "discover" else frozenset[str]()
        request = Request("basket", cart, mode=self.mode, barred=barred, k=K, seen_only=True)
        with self.recommending:
            return rank(request, profile, self.memory, self.titles, self.learner.weights(), basket.event_time_ms)

    def _count(self, ranked: Ranked, cart: tuple[str, ...], target: str, bought: Counter[str]) -> None:
        novel = target not in bought
        self.metrics.count(ranked.items, (target,))
        if novel:
            self.novel.count(ranked.items, (target,))
        barred = frozenset(cart) | (bought.keys() if self.mode == "discover" else frozenset())
        self.baselines.count(self.memory, cart, target, barred=barred, bought=bought)

    def report(self, baskets: int) -> Report:
        return Report(
            "basket",
            self.metrics.n,
            self.metrics.figures() | _novel(self.novel),
            self.baselines.figures(),
            baskets,
            len(self.memory.items),
            self.recommending.percentiles_us(),
            self.learning.percentiles_us(),
            size_mib(self.memory),
            {"mode": self.mode, "novel_n": self.novel.n},
        )


def _novel(metrics: Metrics) -> Figures:
    return {f"novel_{name}": value for name, value in metrics.figures().items()}
