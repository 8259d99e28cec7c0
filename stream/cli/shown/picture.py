"""The picture of `tsuide top`: a moment drawn for a terminal of any size. Pure, but for rich's measuring."""

import time
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stream.cli.shown.faces import faults, keeping_up, rate, suggested, waits
from stream.cli.shown.lag import COLOURS, WIDE, ill, partitions, span
from stream.ops.lag.rules import ADVICE, Lag
from stream.ops.top.watch import Moment

QUIET = "bright_black"
MIDDLE = 96  # columns from which on every partition has one line of all that is told of it
LEAST = (40, 8)  # columns, lines
FACE_LINES = 8  # of a box with its edges
TWO_ROWS = 24  # lines from which on there is room for both rows of boxes and some partitions
ONE_ROW = 16
ADVICE_LINES = 2  # at most, one state each


def picture(moment: Moment | None, *, width: int, height: int | None = None, note: str = "", hint: str = "") -> RenderableType:
    """Return all that fits into `width` columns and `height` lines; None: as many as it takes, for paper.

    `note`: what is waited for. `hint`: how to be told what the boxes say of the processes, where nobody tells it.
    """
    if height is not None and (width < LEAST[0] or height < LEAST[1]):
        return _line(f" {LEAST[0]} columns and {LEAST[1]} lines are needed", QUIET)
    said = [_line(note, "bold red")] if note else []
    if moment is None:
        return Group(_head(None, width), *said, _line(" looks twice, to tell rates ...", QUIET))
    said += [_line(f" {state}: {ADVICE[state]}", COLOURS.get(state, "red")) for state in ill(moment.lags)[:ADVICE_LINES]]
    rows = [two for fits, two in _rows(moment, width, hint) if height is None or height >= fits]
    taken = 1 + len(said) + FACE_LINES * len(rows) + 3  # the head's line, and the partitions' edges and heading
    room = len(moment.lags) if height is None else max(1, height - taken - 1)  # the last line stays free for the cursor
    cut = len(moment.lags) - room
    title = "partitions, worst first" + (f"; {cut + 1} more are no worse" if cut > 0 else "")
    shown = moment.lags[: room if cut <= 0 else room - 1] or moment.lags[:1]
    table = _box(title, partitions(shown, wide=width >= WIDE) if width >= MIDDLE else _few_columns(shown, width))
    return Group(_head(moment, width), *said, *rows, table)


def _rows(moment: Moment, width: int, hint: str) -> list[tuple[int, RenderableType]]:
    """Return (lines of a terminal that has room for it, two boxes beside each other), the most needed first."""
    inner = (width // 2 - 4, width - width // 2 - 4)
    return [
        (
            ONE_ROW,
            _beside(
                _box("keeping up", keeping_up(moment, inner[0]), lines=FACE_LINES),
                _box("customers' wait", waits(moment, inner[1], hint), lines=FACE_LINES),
            ),
        ),
        (
            TWO_ROWS,
            _beside(
                _box("suggested, and why silent", suggested(moment), lines=FACE_LINES),
                _box("model, browsers, faults", faults(moment, inner[1]), lines=FACE_LINES),
            ),
        ),
    ]


def _few_columns(lags: Sequence[Lag], width: int) -> Table:
    """Return each partition on one line: rates where there is room for the topic's name beside them, and the name cut where not."""
    columns = ["state", "topic", "p", "lag", "waits", "in/s", "out/s"]
    rows = [
        [
            lag.state,
            lag.topic,
            str(lag.partition),
            "-" if lag.lag is None else f"{lag.lag:,}",
            span(lag.lag_s),
            *map(rate, (lag.in_per_s, lag.out_per_s)),
        ]
        for lag in lags
    ]
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) > width:
        columns, widths = columns[:5], widths[:5]
    room = width - 4 - 2 * (len(widths) - 1) - (sum(widths) - widths[1])  # within the box's edges
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True, overflow="ellipsis")
    for lag, row in zip(lags, rows, strict=True):
        topic = Text(lag.topic)
        topic.truncate(max(4, room), overflow="ellipsis")
        table.add_row(Text(lag.state, style=COLOURS.get(lag.state, "red")), topic, *row[2 : len(columns)])
    return table


def _head(moment: Moment | None, width: int) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    line.add_column(justify="right", no_wrap=True)
    told = [] if moment is None else moment.figures.told
    processes = f"  {sum(one.fault is None for one in told)} of {len(told)} processes told" if told else ""
    clock = "" if moment is None else time.strftime("%H:%M:%S", time.localtime(moment.at_ms / 1_000))
    line.add_row(
        Text.assemble((" tsuide top", "bold"), (processes, QUIET)), Text.assemble((f"{clock} ", "bold cyan"), (" Ctrl-C ends ", QUIET))
    )
    return line


def _beside(left: RenderableType, right: RenderableType) -> RenderableType:
    table = Table.grid(expand=True)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    table.add_row(left, right)
    return table


def _box(title: str, inside: RenderableType, *, lines: int | None = None) -> Panel:
    return Panel(inside, title=title, title_align="left", border_style=QUIET, height=lines)


def _line(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
