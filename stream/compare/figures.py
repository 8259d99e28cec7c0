"""Counting what one policy says, and how it differs from the first one."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from online_models.recommend import Recommendation
from stream.compare.compared import Against, ListFigures, Prices
from stream.contracts.suggestion import SuggestedList

NO_CURRENCY = ""
What = tuple[tuple[str, tuple[str, ...]], ...]  # (list, items) of the lists that speak, in their order


class Mean:
    """A mean, and of how many."""

    def __init__(self) -> None:
        self.n, self._sum = 0, 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.n += 1
        self._sum += value

    @property
    def value(self) -> float | None:
        """Return the mean; None of nothing."""
        return self._sum / self.n if self.n else None


@dataclass
class _Prices:
    price: Mean = field(default_factory=Mean)
    difference: Mean = field(default_factory=Mean)
    saving: Mean = field(default_factory=Mean)

    def told(self) -> Prices:
        price, difference, saving = self.price, self.difference, self.saving
        return Prices(price.n, price.value, difference.n, difference.value, saving.n, saving.value)


@dataclass
class _OfList:
    spoke: int = 0
    cards: int = 0
    silent: Counter[str] = field(default_factory=Counter)
    prices: defaultdict[str, _Prices] = field(default_factory=lambda: defaultdict(_Prices))
    forecast: Mean = field(default_factory=Mean)

    def say(self, shown: SuggestedList) -> None:
        self.spoke, self.cards = self.spoke + 1, self.cards + len(shown.items)
        for card in shown.items:
            if card.p_uptake is not None:
                self.forecast.add(card.p_uptake)
            if card.price is None:
                continue
            prices = self.prices[card.currency or NO_CURRENCY]
            prices.price.add(card.price)
            if card.price_difference is not None:
                prices.difference.add(card.price_difference)
        if shown.set_price is not None and shown.set_price_before is not None:
            self.prices[shown.currency or NO_CURRENCY].saving.add(shown.set_price_before - shown.set_price)

    def told(self) -> ListFigures:
        prices = {currency: one.told() for currency, one in sorted(self.prices.items())}
        return ListFigures(self.spoke, self.cards, _most(self.silent), prices, self.forecast.n, self.forecast.value)


class Said:
    """What one policy says, summed up."""

    def __init__(self) -> None:
        self.spoke = 0
        self.items: Counter[str] = Counter()  # cards by item
        self._lists: defaultdict[str, _OfList] = defaultdict(_OfList)

    def add(self, answer: Recommendation) -> None:
        """Count one answer. O(cards)."""
        speaking = [shown for shown in answer.lists if shown.items]
        self.spoke += bool(speaking)
        for shown in speaking:
            self._lists[shown.item_list_id].say(shown)
            self.items.update(card.item_id for card in shown.items)
        for list_id, rule in answer.silences:
            self._lists[list_id].silent[rule] += 1

    @property
    def cards(self) -> int:
        """Return how many cards there are."""
        return self.items.total()

    @property
    def lists(self) -> dict[str, ListFigures]:
        """Return the figures by list."""
        return {list_id: one.told() for list_id, one in sorted(self._lists.items())}


class Beside:
    """One policy beside the first, event by event."""

    def __init__(self) -> None:
        self._events: Counter[str] = Counter()

    def add(self, first: Recommendation | None, this: Recommendation | None) -> None:
        """Count what both say on one occasion; None: it was not answered."""
        said, other = what(first), what(this)
        if said or other:
            self._events["same" if said == other else "only_this" if not said else "only_first" if not other else "other"] += 1

    def told(self, first: Counter[str], this: Counter[str]) -> Against:
        """Return the comparison; given are the cards by item of both."""
        events = self._events
        return Against(
            events["same"],
            events["other"],
            events["only_first"],
            events["only_this"],
            _most({item: cards for item, cards in first.items() if item not in this}),
            _most({item: cards for item, cards in this.items() if item not in first}),
        )


def what(answer: Recommendation | None) -> What:
    """Return what an answer shows, without its figures and words."""
    lists = () if answer is None else answer.lists
    return tuple((shown.item_list_id, tuple(card.item_id for card in shown.items)) for shown in lists if shown.items)


def _most(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts, the largest first, of equal ones by name."""
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
