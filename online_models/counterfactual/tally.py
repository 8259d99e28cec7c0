"""Seen cards with their weights, as sums by customer: all that the estimators read, however many cards there were."""

import numpy as np
from msgspec import Struct

from online_models.request import Floats


class Sums(Struct):
    """Of one customer: how many cards were seen, the sum of their weights, and that of the weights of those taken up."""

    seen: int = 0
    weight: float = 0.0
    taken: float = 0.0


class Tally:
    """What a log tells of one new policy.

    A card's weight is (the probability that the new policy shows this item at this place on this occasion) / (the probability that
    the logged policy did), so a card that the new policy never shows weighs 0. `clip`: larger weights are cut to it, which narrows the
    intervals and draws the estimates towards what was logged; None: none is cut.
    """

    def __init__(self, *, clip: float | None = None) -> None:
        self.clip, self.clipped = clip, 0
        self.customers: dict[str, Sums] = {}
        self.seen = self.taken = self.filled = 0
        self.weighted = self.taken_weighted = 0  # cards whose weight is above 0
        self.largest = self._squares = 0.0

    def add(self, customer: str, weight: float, *, taken: bool, filled: bool = True) -> None:
        """Count one card that was seen. O(1), and O(customers) of memory.

        Args:
            customer: whose cards are not independent of each other.
            weight: >= 0.
            taken: whether the customer took it up.
            filled: whether the new policy puts anything at this place.
        """
        if self.clip is not None and weight > self.clip:
            weight, self.clipped = self.clip, self.clipped + 1
        sums = self.customers.setdefault(customer, Sums())
        sums.seen += 1
        sums.weight += weight
        sums.taken += weight * taken
        self.seen, self.taken, self.filled = self.seen + 1, self.taken + taken, self.filled + filled
        self.weighted += weight > 0
        self.taken_weighted += taken and weight > 0
        self.largest = max(self.largest, weight)
        self._squares += weight * weight

    @property
    def weight(self) -> float:
        """Return the sum of all weights."""
        return sum(sums.weight for sums in self.customers.values())

    @property
    def effective(self) -> float:
        """Return Kish's effective sample size, (sum of weights)^2 / (sum of their squares): as many equal weights would tell as much.

        Source: Kish, "Survey Sampling", 1965, section 11.7.
        """
        return self.weight**2 / self._squares if self._squares else 0.0

    @property
    def covered(self) -> float:
        """Return which share of what the new policy puts at the seen places the log can tell of, 0 .. 1.

        At a place that it fills, weights average to the probability that it has for the items which the logged policy may show there.
        """
        return min(self.weight / self.filled, 1.0) if self.filled else 0.0

    def columns(self) -> tuple[Floats, Floats, Floats]:
        """Return cards seen, weights and weights taken of the n customers, three times (n,), in the order of their first cards."""
        rows = [(sums.seen, sums.weight, sums.taken) for sums in self.customers.values()]
        seen, weight, taken = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        return seen, weight, taken
