"""Waiting times in an HdrHistogram, their percentiles, and the bounds that they may be held to."""

import re
from collections.abc import Iterable

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]
from msgspec import Struct

LONGEST_US = 3_600_000_000  # an hour; what waited longer is counted as that
DIGITS = 3
POINTS = (50.0, 90.0, 99.0, 99.9)
BOUND = re.compile(r"^(?:p(\d{1,2}(?:\.\d{1,4})?)|max)=(\d+(?:\.\d+)?)\Z")


class Spread(Struct, frozen=True):
    """How many waited, and for how many milliseconds; None where nobody did. Each is told to a thousandth of itself."""

    n: int
    p50: float | None
    p90: float | None
    p99: float | None
    p99_9: float | None
    max: float | None


class Waits:
    """Waiting times from a microsecond to an hour. 190 KB, however many there are."""

    def __init__(self) -> None:
        self.histogram = HdrHistogram(1, LONGEST_US, DIGITS)

    @classmethod
    def sum_of(cls, several: "Iterable[Waits]") -> "Waits":
        """Return all of them together."""
        whole = cls()
        for one in several:
            whole.histogram.add(one.histogram)
        return whole

    def add(self, wait_s: float) -> None:
        """Count one. 2 microseconds."""
        self.histogram.record_value(min(LONGEST_US, max(1, round(wait_s * 1e6))))

    def at_ms(self, percentile: float) -> float | None:
        """Return how many milliseconds this share (0 to 100) waited at most; None where nobody has waited."""
        if self.histogram.get_total_count() == 0:
            return None
        return float(self.histogram.get_value_at_percentile(percentile)) / 1e3

    def spread(self) -> Spread:
        """Return the whole in six figures."""
        return Spread(self.histogram.get_total_count(), *map(self.at_ms, (*POINTS, 100.0)))


class Bound(Struct, frozen=True):
    """So many milliseconds at most at this percentile (100: the longest wait)."""

    percentile: float
    most_ms: float

    @classmethod
    def of(cls, text: str) -> "Bound":
        """Read `p99=100`, `p99.9=250` or `max=1000`. Raises ValueError for anything else."""
        found = BOUND.match(text)
        if found is None:
            raise ValueError(f"{text!r} is no bound: write p99=100, p99.9=250 or max=1000, in milliseconds.")
        percentile, most_ms = found.groups()
        return cls(100.0 if percentile is None else float(percentile), float(most_ms))

    def missed_by(self, waits: Waits) -> str | None:
        """Return in words how the bound is missed, None where it is kept; it is missed where nobody was answered."""
        name = "max" if self.percentile == 100 else f"p{self.percentile:g}"
        waited_ms = waits.at_ms(self.percentile)
        if waited_ms is None:
            return f"nothing was answered, so {name} cannot be held to {self.most_ms:g} ms"
        return f"{name} is {waited_ms:,.1f} ms, over {self.most_ms:g} ms" if waited_ms > self.most_ms else None
