"""What happened between two scrapes of the same pages: rates, percentiles, newest values. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf

from msgspec import Struct

from stream.ops.top.scrape import Labels, Page

Values = dict[tuple[str, ...], float]  # label values, in the order asked for -> value


class Between(Struct, frozen=True):
    """The same addresses twice. What was not told at first gives no rate; a counter that fell has begun anew, from 0."""

    before: Sequence[Page]
    now: Sequence[Page]

    def rates(self, name: str, *labels: str) -> Values:
        """Return by how much a second a counter grew, summed over all pages by `labels`; empty where none told it twice."""
        earlier = {page.address: page for page in self.before if page.fault is None}
        found: defaultdict[tuple[str, ...], float] = defaultdict(float)
        for page in self.now:
            first = earlier.get(page.address)
            if first is None or page.at_s <= first.at_s:
                continue
            known = first.samples.get(name, {})
            for own, value in page.samples.get(name, {}).items():
                grown = value - known.get(own, 0.0)
                found[_values(own, labels)] += (value if grown < 0 else grown) / (page.at_s - first.at_s)
        return dict(found)

    def sums(self, name: str, *labels: str) -> Values:
        """Return the newest values, summed over all pages by `labels`."""
        found: defaultdict[tuple[str, ...], float] = defaultdict(float)
        for own, value in self._newest(name):
            found[_values(own, labels)] += value
        return dict(found)

    def largest(self, name: str, *labels: str) -> Values:
        """Return the newest values, the largest of all pages by `labels`."""
        found: Values = {}
        for own, value in self._newest(name):
            at = _values(own, labels)
            found[at] = max(value, found.get(at, value))
        return found

    def rate(self, name: str) -> float | None:
        """Return the growth a second of all series of a counter together; None: nobody told it twice."""
        found = self.rates(name)
        return sum(found.values()) if found else None

    def percentiles(self, name: str, shares: Sequence[float]) -> list[float] | None:
        """Return percentiles of what a histogram counted in between; None where it counted nothing."""
        buckets = {float(bound): rate for (bound,), rate in self.rates(f"{name}_bucket", "le").items()}
        if buckets.get(inf, 0.0) <= 0:
            return None
        return [percentile(buckets, share) for share in shares]

    def means(self, name: str, label: str) -> dict[str, float]:
        """Return label value -> mean of what a histogram counted in between; absent where it counted nothing."""
        counts, sums = self.rates(f"{name}_count", label), self.rates(f"{name}_sum", label)
        return {own: sums[own,] / count for (own,), count in counts.items() if count > 0}

    def _newest(self, name: str) -> list[tuple[Labels, float]]:
        return [found for page in self.now for found in page.samples.get(name, {}).items()]


def percentile(buckets: Mapping[float, float], share: float) -> float:
    """Return the value below which `share` of all lie, from cumulated counts by upper bound, the last of them infinite.

    As Prometheus's histogram_quantile: spread evenly within a bucket, the first of which begins at 0; beyond the last finite
    bound it is that bound.
    """
    bounds = sorted(buckets)
    wanted = share * buckets[bounds[-1]]
    for lower, upper in pairwise([0.0, *bounds]):
        below = buckets.get(lower, 0.0)
        if buckets[upper] >= wanted and buckets[upper] > below:
            return lower if upper == inf else lower + (upper - lower) * max(0.0, wanted - below) / (buckets[upper] - below)
    return bounds[-2] if len(bounds) > 1 else 0.0


def _values(own: Labels, labels: Sequence[str]) -> tuple[str, ...]:
    known = dict(own)
    return tuple(known.get(label, "") for label in labels)
