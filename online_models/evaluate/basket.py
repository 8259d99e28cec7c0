"""Protocol basket: what else belongs in this cart."""

from collections.abc import Iterable
from typing import Unpack

from features.catalog import Catalog
from online_models.basket import held_out
from online_models.evaluate.basket_baselines import Baselines, novel_figures
from online_models.evaluate.baskets import BasketWalk, Visit, baskets_of
from online_models.evaluate.metrics import Metrics
from online_models.evaluate.report import Figures, More, Report
from online_models.evaluate.walk import How
from online_models.request import Mode, Request
from stream.contracts.events import Event

K = 10


def evaluate_basket(events: Iterable[Event], catalog: Catalog, *, mode: Mode = "mixed", **how: Unpack[How]) -> Report:
    """Ask every basket for the line that was taken out of it, then learn it.

    Args:
        events: in any order; purchases with a transaction_id count, all others are left out. They are all held in memory.
        catalog: tells titles, and the category of items whose events do not.
        mode: `discover` asks only for items that the customer never bought, and bars those that he did.
        how: see `How`.
    """
    return _Walk(catalog, mode, **how).over(baskets_of(events))


class _Walk(BasketWalk[Baselines]):
    protocol = "basket"

    def __init__(self, catalog: Catalog, mode: Mode, **how: Unpack[How]) -> None:
        super().__init__(Baselines(K), catalog, **how)
        self.mode, self.novel = mode, Metrics(K)

    def answer(self, visit: Visit, *, counts: bool) -> None:
        basket, bought = visit.basket, visit.bought
        question = held_out(str(basket.transaction_id), [line.item_id for line in basket.items])
        if question is None or (self.mode == "discover" and question[1] in bought):
            return
        cart, target = question
        barred = frozenset(bought) if self.mode == "discover" else frozenset[str]()
        ranked = self.ask_at(visit, Request("basket", cart, mode=self.mode, barred=barred, k=K, seen_only=True))
        if counts:
            self.count(ranked, (target,), basket.event_time_ms)
            if target not in bought:
                self.novel.count(ranked.items, (target,))
            self.baselines.count(self.memory, cart, target, barred=barred | frozenset(cart), bought=bought)
        self.teach(ranked, target)

    def figures(self) -> Figures:
        return super().figures() | novel_figures(self.novel)

    def more(self) -> More:
        return {"mode": self.mode, "novel_n": self.novel.n}
