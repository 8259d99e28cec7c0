"""Second-order similarity: items that keep the same company look alike, though nobody touched both."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from online_models import native
from online_models.memory.grow import roomy
from online_models.memory.sessions import WIDTH, SessionMemory
from online_models.memory.vocabulary import Vocabulary

SIZE = 64
REACH = 5  # steps within a row
STEPS = (0, *(60 // d for d in range(1, REACH + 1)))  # whole numbers near 60 / d: sums can be taken back exactly


def _pairs(width: int, *, of_last: bool) -> NDArray[np.int32]:
    """Return what each two of `width` cells in a row tell of each other, int32 (width, width); `of_last`: only pairs with the last one."""
    weights = np.zeros((width, width), np.int32)
    for after in range(width - 1 if of_last else 0, width):
        for before in range(max(0, after - REACH), after):
            weights[before, after] = weights[after, before] = STEPS[after - before]
    return weights


_ALL = _pairs(WIDTH, of_last=False)  # the top left part of it is that of a shorter row
_NEW = [_pairs(reach + 1, of_last=True) for reach in range(REACH + 1)]  # by how many cells stand before the new one

Floats = NDArray[np.float64]
Items = NDArray[np.intp]


class Similarity:
    """Random indexing: every item has a fixed vector of signs; its company vector sums the signs of what stands near it in rows.

    Attributes:
        vectors: int32 (items, 64); a full window of 2**17 rows cannot overflow them.
        squares: float64 (items,), the vectors' squared lengths.

    Source: Kanerva et al., "Random indexing of text samples for latent semantic analysis", CogSci 2000; with dense signs.
    """

    def __init__(self, items: Vocabulary) -> None:
        self.vectors: NDArray[np.int32] = np.zeros((64, SIZE), np.int32)
        self.squares: Floats = np.zeros(64)
        self._signs: NDArray[np.int8] = np.zeros((64, SIZE), np.int8)  # zeros until the item is first needed
        self._items = items

    def make_room(self, items: int) -> None:
        """Be ready for item numbers below `items`."""
        self.vectors, self.squares, self._signs = roomy(self.vectors, items), roomy(self.squares, items), roomy(self._signs, items)

    def of(self, items: Sequence[int] | Items) -> Floats:
        """Return the items' vectors as float64 (n, 64): whole numbers, so that products are exact in any order."""
        return self.vectors.take(items, axis=0).astype(np.float64)

    def entered(self, rows: SessionMemory, slot: int, column: int) -> None:
        """Add the pairs that the new cell makes with up to five cells before it."""
        item = int(rows.items[slot, column])
        if not self._signs[item, 0]:
            self._signs[item] = signs(self._items.ids[item])
        reach = min(REACH, column)
        if not reach:
            return
        cells = rows.items[slot, column - reach : column + 1]
        if native.COMPILED:
            native.company.met(cells, self.vectors, self._signs, self.squares, _NEW[reach])
            return
        np.add.at(self.vectors, cells, _NEW[reach] @ self._signs.take(cells, axis=0))  # `at`: an item may stand there twice
        self._measure(cells)

    def left(self, rows: SessionMemory, slot: int) -> None:
        """Take the row's pairs back."""
        row = rows.items[slot, : rows.lengths[slot]]
        np.subtract.at(self.vectors, row, _ALL[: len(row), : len(row)] @ self._signs.take(row, axis=0))
        self._measure(row)

    def _measure(self, items: NDArray[np.int32]) -> None:
        changed = self.vectors.take(items, axis=0).astype(np.float64)
        self.squares[items] = np.einsum("ij,ij->i", changed, changed)


def signs(item_id: str) -> NDArray[np.int8]:
    """Return the id's 64 signs, +1 or -1, the same in every process."""
    bits = np.frombuffer(blake2b(item_id.encode(), digest_size=SIZE // 8, person=b"signs").digest(), np.uint8)
    return np.unpackbits(bits).astype(np.int8) * 2 - 1
