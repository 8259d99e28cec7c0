"""Item ids as small numbers, in the order in which they were first seen."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from online_models.memory.grow import roomy


class Vocabulary:
    """Two-way table of item ids. Numbers are never given twice and never taken back; an id says nothing of a customer.

    `ties` holds 63 bits of a stable hash of every id (int64, indexed by number): what decides between equal scores. The number
    itself would not do, because it tells who came first, and he may have asked to be forgotten.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.ties: NDArray[np.int64] = np.zeros(64, np.int64)
        self._index: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many ids there are."""
        return len(self.ids)

    def index(self, item_id: str) -> int:
        """Return the number of the id, a new one if it was never seen."""
        known = self._index.get(item_id)
        if known is not None:
            return known
        number = self._index[item_id] = len(self.ids)
        self.ids.append(item_id)
        self.ties = roomy(self.ties, number + 1)
        self.ties[number] = tie(item_id)
        return number

    def find(self, item_id: str) -> int | None:
        """Return the number of the id, None if it was never seen."""
        return self._index.get(item_id)

    def find_all(self, item_ids: Iterable[str]) -> list[int]:
        """Return the numbers of the ids, -1 for each that was never seen."""
        get = self._index.get
        return [get(item_id, -1) for item_id in item_ids]


def tie(item_id: str) -> int:
    """Return 63 bits of the id's hash, the same in every process."""
    return int.from_bytes(blake2b(item_id.encode(), digest_size=8).digest(), "big") >> 1
