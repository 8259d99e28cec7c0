"""How lag is shown: a table for people, worst first, and one line of JSON for programs."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from stream.cli.terminal import console, table_of
from stream.ops.lag import ADVICE, Lag, State

COLUMNS = ("state", "group", "topic", "p", "committed", "watermark", "log", "lag", "oldest waits", "in/s", "out/s", "drained in")
COLOURS: dict[State, str] = {"OK": "green", "CATCHING_UP": "yellow", "NO_COMMIT": "yellow", "REWOUND": "yellow"}
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def shown(lags: Sequence[Lag]) -> Group:
    """Return the table, the whole in one line, and what to do about each state that is not well."""
    return Group(_table(lags), Text(summary(lags)), *(Text(f"{state}: {ADVICE[state]}", style="dim") for state in ill(lags)))


def summary(lags: Sequence[Lag]) -> str:
    """Return how many records wait in all, and the oldest of them."""
    return f"{sum(lag.lag or 0 for lag in lags):,} records wait, the oldest for {span(oldest_s(lags))}; {time.strftime('%H:%M:%S')}"


def ill(lags: Sequence[Lag]) -> list[State]:
    """Return the states that ask for something, worst first, each once."""
    found = {lag.state for lag in lags if lag.state != "OK" and (lag.state != "NO_COMMIT" or lag.waits)}
    return [state for state in ADVICE if state in found]


def oldest_s(lags: Sequence[Lag]) -> float | None:
    """Return the age in seconds of the oldest record that waits anywhere; None where an age is not known."""
    ages = [lag.lag_s for lag in lags]
    known = [age for age in ages if age is not None]
    return max(known, default=0.0) if len(known) == len(ages) else None


def as_json(lags: Sequence[Lag], at_ms: int) -> dict[str, Any]:
    """Return one look as it is printed for programs."""
    return {
        "at_ms": at_ms,
        "states": ill(lags),
        "lag": sum(lag.lag or 0 for lag in lags),
        "lag_s": oldest_s(lags),
        "lost": sum(lag.lost for lag in lags),
        "partitions": list(lags),
    }


def span(seconds: float | None, unknown: str = "?") -> str:
    """Return a span of time in its largest unit, with one decimal."""
    if seconds is None:
        return unknown
    for name, length_s in UNITS:
        if seconds >= length_s:
            return f"{seconds / length_s:.1f} {name}"
    return f"{seconds:.1f} s"


def _table(lags: Sequence[Lag]) -> Table:
    return table_of(COLUMNS, [_row(lag) for lag in lags])


def _row(lag: Lag) -> tuple[object, ...]:
    never = "never" if lag.state in ("CATCHING_UP", "STALLED", "STOPPED", "REWOUND") else "-"
    return (
        Text(lag.state, style=COLOURS.get(lag.state, "red")),
        lag.group,
        lag.topic,
        lag.partition,
        "-" if lag.committed is None else lag.committed,
        "-" if lag.watermark is None else lag.watermark,
        f"{lag.log_start}..{lag.end}",
        "-" if lag.lag is None else f"{lag.lag:,}",
        span(lag.lag_s),
        "-" if lag.in_per_s is None else f"{lag.in_per_s:.1f}",
        "-" if lag.out_per_s is None else f"{lag.out_per_s:.1f}",
        span(lag.drain_s, never),
    )


@contextmanager
def drawing(*, live: bool) -> Iterator[Callable[[Sequence[Lag]], None]]:
    """Give a function that shows a look: below the last one, or where `live` and on a terminal in its place."""
    screen = console()
    if not live or not screen.is_terminal:
        yield lambda lags: screen.print(shown(lags))
        return
    with Live(console=screen, auto_refresh=False, screen=False) as drawn:
        yield lambda lags: drawn.update(shown(lags), refresh=True)
