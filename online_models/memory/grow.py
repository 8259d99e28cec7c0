"""Arrays that grow: doubled when full, so that adding one more is cheap on average."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def roomy(array: NDArray[Scalar], needed: int, *, fill: float = 0) -> NDArray[Scalar]:
    """Return `array`, or a copy with at least twice its rows, when it has fewer than `needed` rows; new rows hold `fill`."""
    if needed <= len(array):
        return array
    grown = np.full((max(needed, 2 * len(array)), *array.shape[1:]), fill, array.dtype)
    grown[: len(array)] = array
    return grown
