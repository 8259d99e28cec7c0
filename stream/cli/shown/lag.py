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
from stream.ops.lag.rules import ADVICE, Lag, State

WIDE = 150  # terminal columns from which on offsets are shown, too
PLACE, OFFSETS, TIMES = (
    ("state", "topic", "p"),
    ("group", "committed", "watermark", "log"),
    ("lag", "oldest waits", "in/s", "out/s", "drained in"),
)
COLOURS: dict[State, str] = {"OK": "green", "CATCHING_UP": "yellow", "NO_COMMIT": "yellow", "REWOUND": "yellow"}
NEVER = ("CATCHING_UP", "STALLED", "STOPPED", "REWOUND")  # where what is not drained at these rates never is
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def shown(lags: Sequence[Lag], *, width: int = WIDE, height: int | None = None) -> Group:
    """Return what to do about each state that is not well, the whole in one line, and the table, cut where `height` lines are full."""
    above = [Text(summary(lags)), *(Text(f"{state}: {ADVICE[state]}", style="dim") for state in ill(lags))]
    taken = sum(1 + len(line) // width for line in above) + 3  # with the table's head, the line that says what is cut, and the cursor's
    fitting = lags if height is None else lags[: max(1, height - taken)]
    cut = [Text(f"and {len(lags) - len(fitting)} that are no worse", style="dim")] if len(fitting) < len(lags) else []
    return Group(*above, partitions(fitting, wide=width >= WIDE), *cut)


def summary(lags: Sequence[Lag]) -> str:
    """Return how many records wait in all, and the oldest of them."""
    return f"{time.strftime('%H:%M:%S')} records that wait: {sum(lag.lag or 0 for lag in lags):,}, the oldest for {span(oldest_s(lags))}"


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


def partitions(lags: Sequence[Lag], *, wide: bool) -> Table:
    """Return a line for each partition; `wide`: with its offsets."""
    columns = PLACE + (OFFSETS if wide else ()) + TIMES
    return table_of(columns, [_place(lag) + (_offsets(lag) if wide else ()) + _times(lag) for lag in lags])


def _place(lag: Lag) -> tuple[object, ...]:
    return Text(lag.state, style=COLOURS.get(lag.state, "red")), lag.topic, lag.partition


def _offsets(lag: Lag) -> tuple[object, ...]:
    committed, watermark = ("-" if offset is None else offset for offset in (lag.committed, lag.watermark))
    return lag.group, committed, watermark, f"{lag.log_start}..{lag.end}"


def _times(lag: Lag) -> tuple[object, ...]:
    in_per_s, out_per_s = ("-" if rate is None else f"{rate:.1f}" for rate in (lag.in_per_s, lag.out_per_s))
    never = "never" if lag.state in NEVER else "-"
    return "-" if lag.lag is None else f"{lag.lag:,}", span(lag.lag_s), in_per_s, out_per_s, span(lag.drain_s, never)


@contextmanager
def drawing(*, live: bool) -> Iterator[Callable[[Sequence[Lag]], None]]:
    """Give a function that shows a look: below the last one, or where `live` and on a terminal in its place."""
    screen = console()
    if not live or not screen.is_terminal:
        yield lambda lags: screen.print(shown(lags, width=screen.width))
        return
    with Live(console=screen, auto_refresh=False, screen=False) as drawn:
        yield lambda lags: drawn.update(shown(lags, width=screen.width, height=screen.height), refresh=True)
