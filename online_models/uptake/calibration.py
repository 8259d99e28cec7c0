"""Whether what was told is what happens: predicted against observed, in ten bins of the latest shown items."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from stream.contracts.training import CalibrationBin

# Lower ends of the bins but the first. Most cards are passed over, so bins of equal width would leave nine of ten empty.
EDGES = (0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)
MEMORY = 20_000  # examples after which an old one weighs 1/e


class Calibration:
    """The bins as running means; old examples weigh less."""

    def __init__(self, bins: Sequence[CalibrationBin] = ()) -> None:
        known = bins if len(bins) == len(EDGES) + 1 else [CalibrationBin(0.0, 0.0, 0.0)] * (len(EDGES) + 1)
        self._n = [one.n for one in known]
        self._predicted = [one.predicted for one in known]
        self._observed = [one.observed for one in known]

    def add(self, p: float, taken: bool) -> None:
        """Count one shown item whose probability was said to be `p`."""
        self._n = [n * (1 - 1 / MEMORY) for n in self._n]
        at = bisect_right(EDGES, p)
        self._n[at] += 1
        self._predicted[at] += (p - self._predicted[at]) / self._n[at]
        self._observed[at] += (taken - self._observed[at]) / self._n[at]

    def correct(self, p: float) -> None:
        """Turn a no into a yes, in the bin where today's model puts the item; where none is counted there, nothing changes."""
        at = bisect_right(EDGES, p)
        if self._n[at] > 0:
            self._observed[at] = min(1.0, self._observed[at] + 1 / self._n[at])

    def bins(self) -> tuple[CalibrationBin, ...]:
        """Return all ten bins, the least likely first."""
        return tuple(CalibrationBin(*one) for one in zip(self._predicted, self._observed, self._n, strict=True))

    def error(self) -> float:
        """Return the expected calibration error: the mean distance of predicted and observed, by the bins' weights; 0 when empty."""
        total = sum(self._n)
        if total == 0:
            return 0.0
        return sum(n * abs(p - y) for n, p, y in zip(self._n, self._predicted, self._observed, strict=True)) / total
