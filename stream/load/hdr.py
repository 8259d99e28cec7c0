"""Waits as files that the tools around HdrHistogram read: a percentile table (.hgrm) or a log of intervals (.hlog)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hdrh.log import HistogramLogWriter  # type: ignore[import-untyped]

from stream.load.waits import Waits

US_A_MS = 1_000.0
SUFFIXES = (".hgrm", ".hlog")
Interval = Callable[[Waits, float, float], None]  # (waits, from, to), seconds after the beginning


def write_percentiles(path: Path, waits: Waits) -> None:
    """Write the distribution as a table of percentiles in milliseconds, as HdrHistogram's plotter and wrk2 have it."""
    with path.open("wb") as file:
        waits.histogram.output_percentile_distribution(file, US_A_MS)


@contextmanager
def interval_log(path: Path, began_ms: int) -> Iterator[Interval]:
    """Give a function that adds an interval to the log: its values in microseconds, its `Interval_Max` in milliseconds."""
    with path.open("w", encoding="ascii") as file:
        writer = HistogramLogWriter(file)
        writer.output_comment("tsuide load: event due to suggestion readable, in microseconds")
        writer.output_log_format_version()
        writer.output_base_time(began_ms)
        writer.output_legend()
        yield lambda waits, from_s, to_s: writer.output_interval_histogram(waits.histogram, from_s, to_s, US_A_MS)
