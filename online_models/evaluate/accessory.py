"""Protocol accessory over baskets: what goes with one item of the basket, of another category and new to the customer."""

from collections.abc import Iterable
from typing import Unpack

from features.catalog import Catalog
from online_models.basket.question import anchor_of
from online_models.evaluate.accessory_baselines import Baselines
from online_models.evaluate.baskets import BasketWalk, Visit, baskets_of
from online_models.evaluate.report import Report
from online_models.evaluate.walk import How
from online_models.request import Request
from stream.contracts.events import Event

K = 10
NO_CATEGORIES = Catalog()


def evaluate_accessory(events: Iterable[Event], catalog: Catalog, *, ignore_category: bool = False, **how: Unpack[How]) -> Report:
    """Ask every basket what goes with one of its items, then learn it.

    Args:
        events: in any order; purchases with a transaction_id count, all others are left out. They are all held in memory.
        catalog: tells titles, and the category of items whose events do not.
        ignore_category: for a catalogue that is one category: what is of the item's own counts too.
        how: see `How`.
    """
    return _Walk(catalog, ignore_category, **how).over(baskets_of(events))


class _Walk(BasketWalk[Baselines]):
    protocol = "accessory"

    def __init__(self, catalog: Catalog, ignore_category: bool, **how: Unpack[How]) -> None:
        super().__init__(Baselines(K), catalog, **how)
        self.catalog = NO_CATEGORIES if ignore_category else catalog
        self.ignore_category = ignore_category

    def answer(self, visit: Visit, *, counts: bool) -> None:
        basket, bought = visit.basket, visit.bought
        category = {line.item_id: None if self.ignore_category else line.category for line in visit.record.items}
        anchor, others = anchor_of(str(basket.transaction_id), category)
        truth = [item for item in others if item not in bought and (category[anchor] is None or category[item] != category[anchor])]
        if not truth:
            return
        request = Request("accessory", (anchor,), mode="discover", barred=frozenset(bought), k=0, seen_only=True)
        ranked = self.ask_at(visit, request)
        if counts:
            self.count(ranked, truth, basket.event_time_ms)
            self.baselines.count(self.memory, anchor, category[anchor], bought, truth)
        self.teach(ranked, *truth)
