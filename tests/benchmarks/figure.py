"""One measured figure and the mark it is held against."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from msgspec import Struct


class Figure(Struct, frozen=True):
    """A value, its unit, and the bound that was promised (None: reported only)."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    wanted: Literal["at most", "at least"] = "at most"
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Tell whether the value keeps its bound; None where there is none."""
        if self.bound is None:
            return None
        return self.value <= self.bound if self.wanted == "at most" else self.value >= self.bound


def percentiles(name: str, values_ms: Sequence[float], *, p50: float | None = None, p99: float | None = None) -> list[Figure]:
    """Return p50, p90 and p99 of these milliseconds."""
    ordered = np.percentile(np.array(values_ms), [50, 90, 99])
    bounds = (p50, None, p99)
    return [
        Figure(f"{name} p{point}", float(value), "ms", bound, note=f"n={len(values_ms)}")
        for point, value, bound in zip((50, 90, 99), ordered, bounds, strict=True)
    ]
