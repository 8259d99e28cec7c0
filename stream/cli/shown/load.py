"""How a load is shown: while it runs on standard error, and at its end as a table."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Group
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from stream.cli.terminal import console, table_of
from stream.load.measured import Measured, Report
from stream.load.waits import Spread, Waits

LATELY = 10  # seconds that are told together, and between two lines where nobody watches
HEAD = ("milliseconds", "n", "p50", "p90", "p99", "p99.9", "max")


def shown(report: Report) -> Group:
    """Return the sums in words and the waits as a table."""
    return Group(*(Text(line) for line in _sums(report)), table_of(HEAD, [_row(*row) for row in _waits(report)]))


def line_of(measured: Measured, lately: Waits) -> str:
    """Return how far a load is, in one line."""
    schedule, done = measured.schedule, measured.newest + 1
    p50, p99 = (_ms(lately.at_ms(point)) for point in (50, 99))
    warming = " (warm-up)" if done <= schedule.first else ""
    return (
        f"{schedule.due_s(done):.0f} s of {schedule.due_s(schedule.count):.0f}{warming}: {done:,} sent, "
        f"{done - measured.settled:,} in flight, {measured.answered:,} answered, lately p50 {p50} p99 {p99} ms"
    )


@contextmanager
def telling(measured: Measured) -> Iterator[Callable[[Waits], None]]:
    """Give a function that is told each second's waits: a bar where somebody watches, else a line every ten seconds."""
    screen, recent = console(stderr=True), deque[Waits](maxlen=LATELY)
    columns = (BarColumn(bar_width=20), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("", total=measured.schedule.count)
        ticks = 0

        def tell(waits: Waits) -> None:
            nonlocal ticks
            ticks += 1
            recent.append(waits)
            if screen.is_terminal:
                progress.update(task, completed=measured.newest + 1, description=line_of(measured, Waits.sum_of(recent)))
            elif ticks % LATELY == 0:
                screen.print(line_of(measured, Waits.sum_of(recent)))

        yield tell


def _sums(report: Report) -> Iterator[str]:
    rate = f"{report.reached:,.1f} of {report.rate:g} events/s"
    yield f"sent {report.sent:,} in {report.seconds:.1f} s: {rate}, by {report.customers:,} customers"
    yield (
        f"answered {report.answered:,}, silent by policy {report.silent:,}, not handled {report.not_handled:,}, "
        f"refused by the broker {sum(report.failed.values()):,}, answered twice {report.twice:,}"
    )
    if report.left_out:
        yield f"lines of the log that cannot be read, left out: {report.left_out:,}"


def _waits(report: Report) -> Iterator[tuple[str, Spread]]:
    yield "event due to suggestion readable", report.suggestion
    yield "event due to acknowledged", report.acknowledged
    yield "event due to handed over", report.late


def _row(name: str, spread: Spread) -> tuple[str, ...]:
    points = (spread.p50, spread.p90, spread.p99, spread.p99_9, spread.max)
    return name, f"{spread.n:,}", *map(_ms, points)


def _ms(wait_ms: float | None) -> str:
    return "-" if wait_ms is None else f"{wait_ms:,.1f}"
