"""The boxes of `tsuide top`, each of at most six lines: one question, and its figures."""

from collections.abc import Mapping, Sequence
from itertools import islice, zip_longest

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stream.cli.shown.lag import COLOURS, NEVER, oldest_s, span
from stream.ops.lag.rules import Lag
from stream.ops.top.figures import SHARES, Figures
from stream.ops.top.watch import Moment
from stream.sparkline import spark

QUIET, BARS = "bright_black", "cyan"
LINES = 6
SLOW_S, LATE_S = 0.1, 1.0  # a wait that is yellow, and one that is red
STAGES = ("read", "work", "commit", "publish")  # decoding takes next to nothing
NAME, VALUE = 10, 9  # columns of a figure's name and its value, before its bars


def keeping_up(moment: Moment, width: int) -> RenderableType:
    """Say of each group how far behind it is, and how the rates went."""
    groups: dict[str, list[Lag]] = {}
    for lag in moment.lags:
        groups.setdefault(lag.group, []).append(lag)
    lines: list[RenderableType] = []
    for name, lags in islice(sorted(groups.items()), 2):
        lines += _group(name, lags)
    course = moment.course
    rows = [
        ("in /s", rate(course[-1].in_per_s), [beat.in_per_s for beat in course]),
        ("handled /s", rate(course[-1].out_per_s), [beat.out_per_s for beat in course]),
        ("waiting", f"{course[-1].lag:,}", [float(beat.lag) for beat in course]),
    ]
    return Group(*lines, *(_course(*row, width) for row in rows[: LINES - len(lines) + 1]))


def waits(moment: Moment, width: int, hint: str) -> RenderableType:
    """Say how long customers wait, and in which stage of the work."""
    figures = moment.figures
    if "worker" in figures.missing():
        return Text(f"no worker tells its metrics\n{hint}", style=QUIET)
    names = [f"p{100 * share:g}" for share in SHARES]
    values = figures.wait_s or (None, None, None)
    course = [beat.p99_s or 0.0 for beat in moment.course]
    lines = [Text.assemble(f"{name:<5}", (f"{_time(value):>9}  ", _wait_style(value))) for name, value in zip(names, values, strict=True)]
    lines[-1].append(spark(course, max(4, width - 16)), BARS)
    stages = Text.assemble(("ms a chunk ", QUIET))
    for stage in STAGES:
        if stage in figures.stages_s:
            stages.append(f"{stage} ", QUIET).append(f"{1_000 * figures.stages_s[stage]:.1f} ")
    rates = Text.assemble(
        ("events ", QUIET),
        (f"{rate(figures.events_per_s)}/s", "bold"),
        ("  suggested ", QUIET),
        (f"{rate(figures.suggestions_per_s)}/s", "bold"),
    )
    return Group(*lines, rates, stages)


def suggested(moment: Moment) -> RenderableType:
    """Say how many items of each list are suggested a second, and which rules kept lists silent."""
    figures = moment.figures
    if "worker" in figures.missing():
        return Text("no worker tells its metrics", style=QUIET)
    table = Table.grid(expand=True, padding=(0, 1))
    for _ in ("list", "rule"):
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column(no_wrap=True, justify="right", style="bold", min_width=7)
    table.add_row(*(Text(word, style=QUIET) for word in ("list", "/s", "silent by", "/s")))
    spoken, silent = (_top(figures.items_per_s), _top(figures.silences_per_s))
    for (name, items), (rule, times) in zip_longest(spoken, silent, fillvalue=("", "")):
        table.add_row(name, items, rule, times)
    if not spoken and not silent:
        table.add_row("nothing", "", "nothing", "")
    return table


def faults(moment: Moment, width: int) -> RenderableType:
    """Say how old the model is, how many browsers are connected, and what is wrong."""
    figures = moment.figures
    dead = sum(figures.dead_letters.values())
    wrong = f"{dead:,}" + (f" ({', '.join(figures.dead_letters)})" if dead else "")
    loss = f", loss {figures.log_loss['browse']:.2f}" if "browse" in figures.log_loss else ""
    failed = "  ".join(f"{server} {rate(per_s)}/s" for server, per_s in figures.failed_calls_per_s.items() if per_s > 0) or "none"
    waited = f"  waits for the {', the '.join(figures.waited_for)}" if figures.waited_for else ""
    lost = (figures.lost or 0) + sum(lag.lost for lag in moment.lags)
    rows = [
        ("model", "-" if figures.model_age_s is None else f"{span(figures.model_age_s)} old{loss}", ""),
        ("browsers", "-" if figures.streams is None else f"{figures.streams:,}", ""),
        ("dead letters", wrong if figures.dead_letters_per_s is not None else "-", "yellow" if dead else ""),
        ("failed calls", failed + waited, "red" if waited else "yellow" if failed != "none" else ""),
        ("lost, failed", f"{lost:,} records, {figures.recommend_failures or 0:,} answers", "red" if lost else ""),
        ("processes", *_processes(figures)),
    ]
    table = Table.grid(padding=(0, 2))
    table.add_column(style=QUIET, no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(8, width - 14))
    for name, value, style in rows:
        table.add_row(name, Text(value, style=style))
    return table


def _group(name: str, lags: Sequence[Lag]) -> list[Text]:
    worst = lags[0]  # they come worst first
    idle = worst.state == "NO_COMMIT" and not worst.waits
    state = Text("IDLE" if idle else worst.state, style=QUIET if idle else COLOURS.get(worst.state, "red"))
    waiting, well = sum(lag.lag or 0 for lag in lags), idle or worst.state == "OK"
    first = Text.assemble((f"{name}  ", "bold"), state, (f"  {worst.readers} reading", QUIET), no_wrap=True, overflow="ellipsis")
    if well:
        return [first.append(f"  {waiting:,} wait", QUIET)]
    drains = [lag.drain_s for lag in lags if lag.waits]
    drained = span(
        None if None in drains else max((one for one in drains if one is not None), default=0.0), "never" if worst.state in NEVER else "-"
    )
    wait = f"  {waiting:,} wait for {span(oldest_s(lags))}, drained in {drained}"
    return [first, Text(wait, no_wrap=True, overflow="ellipsis")]


def _course(name: str, value: str, course: Sequence[float], width: int) -> Text:
    line = Text.assemble((f"{name:<{NAME}} ", QUIET), (f"{value:>{VALUE}}  ", "bold"), no_wrap=True)
    return line.append(spark(course, max(4, width - NAME - VALUE - 3)), BARS)


def _processes(figures: Figures) -> tuple[str, str]:
    ill = [f"{one.address} {one.fault or 'is not ready'}" for one in figures.told if one.fault or one.ready is False]
    if not figures.told:
        return "none is named", QUIET
    missing = [f"no {kind}" for kind in figures.missing()]
    if ill:
        return "; ".join(ill), "red"
    return (
        f"{len(figures.told)} told" + (f"; {', '.join(missing)} among them" if missing else ", all ready"),
        QUIET if missing else "green",
    )


def _top(rates: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return the largest, and the rest as one where there are more than fit below the heading."""
    kept = list(rates.items())
    if len(kept) > LINES - 1:
        rest = sum(per_s for _, per_s in kept[LINES - 2 :])
        kept = [*kept[: LINES - 2], ("others", rest)]
    return [(name, rate(per_s)) for name, per_s in kept]


def rate(per_s: float | None) -> str:
    """Return a rate a second with one decimal."""
    return "-" if per_s is None else f"{per_s:,.1f}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{1_000 * seconds:.1f} ms" if seconds < 1 else span(seconds)


def _wait_style(seconds: float | None) -> str:
    if seconds is None:
        return QUIET
    return "bold green" if seconds < SLOW_S else "bold yellow" if seconds < LATE_S else "bold red"
