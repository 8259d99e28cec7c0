"""Who does not count: one customer's rows teach everybody, so nobody may fill the memory with one item."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


class Silenced:
    """The customers of whom more than `most` retained rows hold one item: none of their rows counts, while that is so.

    A pure function of the retained rows. To leave out only those rows that are too many would not do: even one new visit, among the
    300 that are read of a popular item, changes the order of a few answers in a hundred.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._overdone: dict[str, set[int]] = {}  # customer -> items in more than `most` of his rows; never empty

    def __contains__(self, customer: str) -> bool:
        """Return whether the customer's rows are left out."""
        return customer in self._overdone

    def may_change(self, customer: str, rows: int) -> bool:
        """Return whether `look` is worth calling for a customer with so many rows."""
        return rows > self.most or customer in self._overdone

    def look(self, customer: str, items: Iterable[int], rows: NDArray[np.int32]) -> bool:
        """Count the items again, in all rows of the customer, int32 (n, width); return whether he is silenced now. O(items n)."""
        looked_at = set(items)
        over = {item for item in looked_at if int((rows == item).any(axis=1).sum()) > self.most}
        overdone = (self._overdone.get(customer, set()) - looked_at) | over
        if overdone:
            self._overdone[customer] = overdone
        else:
            self._overdone.pop(customer, None)
        return bool(overdone)

    def forget(self, customer: str) -> None:
        """Know nothing more of the customer."""
        self._overdone.pop(customer, None)
