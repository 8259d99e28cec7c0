"""Prometheus metrics made of the numbers that a process keeps anyway, when they are asked for: counting costs the work nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from platform import python_version
from typing import Any

from msgspec import Struct
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from stream.engine.measures import Histogram
from stream.version import release

Source = Callable[[], Iterator[Metric]]
BUILD = ("version", "python")
Labelled = Mapping[Any, float]  # the one label's value, or a tuple with each label's -> value


class Counted(Struct, frozen=True):
    """How one counter is read out of a tally.

    Each of `keys` is a key of the tally with the label values that it stands for; it is told from the start, as 0. `prefix`: every key
    that begins so, what follows being the values of the labels between colons; the last may hold colons itself.
    """

    name: str
    says: str
    labels: tuple[str, ...] = ()
    keys: Mapping[str, str | tuple[str, ...]] = {}
    prefix: str | None = None

    def read(self, tally: Mapping[str, int]) -> Metric:
        """Return the counter as it stands."""
        values = dict(_each({labels: tally.get(key, 0) for key, labels in self.keys.items()}))
        if self.prefix is not None:
            start, cuts = f"{self.prefix}:", len(self.labels) - 1
            values |= {tuple(key[len(start) :].split(":", cuts)): count for key, count in tally.items() if key.startswith(start)}
        return counter(self.name, self.says, values, self.labels)


def counter(name: str, says: str, values: Labelled | float, labels: Sequence[str] = ()) -> Metric:
    """Return a counter; Prometheus sees it as `name` with `_total` behind it. A single number has no labels."""
    family = CounterMetricFamily(name, says, labels=labels)
    for own, value in _each(values):
        family.add_metric(own, value)
    return family


def gauge(name: str, says: str, values: Labelled | float, labels: Sequence[str] = ()) -> Metric:
    """Return a gauge; a single number has no labels."""
    family = GaugeMetricFamily(name, says, labels=labels)
    for own, value in _each(values):
        family.add_metric(own, value)
    return family


def histogram(name: str, says: str, values: Mapping[Any, Histogram] | Histogram, labels: Sequence[str] = ()) -> Metric:
    """Return a histogram with our buckets."""
    family = HistogramMetricFamily(name, says, labels=labels)
    for own, counted in _each(values):
        bounds = [*map(floatToGoString, counted.bounds), "+Inf"]
        family.add_metric(own, list(zip(bounds, counted.cumulated(), strict=True)), counted.sum)
    return family


def _each(values: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (label values, value); a value by itself has no labels."""
    for own, value in (values if isinstance(values, Mapping) else {(): values}).items():
        yield (own,) if isinstance(own, str) else own, value


class Exposition(Collector):
    """All metrics of a process: those of its sources, and what the Python client tells of process and interpreter."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = tuple(sources)
        self._registry = CollectorRegistry(auto_describe=False)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield which release this is, and what the sources say now."""
        yield gauge("tsuide_build_info", "1, with the release of tsuide and that of Python.", {(release(), python_version()): 1.0}, BUILD)
        for source in self._sources:
            yield from source()

    def answer(self, accept: str) -> tuple[bytes, str]:
        """Return the page and its content type, in Prometheus's own format or OpenMetrics, as the header Accept asks. A few ms."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
