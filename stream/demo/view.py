"""The live screen as a drawing of one moment: customers on the left, figures on the right. Pure, but for rich's measuring."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stream.demo.score import Answer
from stream.demo.screen import Moment
from stream.sparkline import spark

WIDE = 120  # columns from which on there is room for a sentence beside a title
FIGURES_WIDTH = {False: 32, True: 46}
FRAME_LINES = 4  # header, footer, the panel's two edges
QUIET = "bright_black"
SHORT_MEANING = "hit: an item shown went into the basket later"
LONG_MEANING = "hit rate: suggestions with an item that the same invoice had later on; bestsellers: the most sold items shown instead"


def draw(moment: Moment, shown: Sequence[Answer], *, width: int, height: int) -> RenderableType:
    """Return the whole screen; `shown` are the answers to be looked at, oldest first."""
    wide = width >= WIDE
    right = FIGURES_WIDTH[wide]
    layout = Layout()
    layout.split_column(Layout(_header(moment, width), size=1), Layout(name="body"), Layout(_footer(moment, width), size=1))
    feed = _feed(moment, shown, lines=height - FRAME_LINES, width=width - right - 4, wide=wide)
    layout["body"].split_row(
        Layout(Panel(feed, title="one customer a second", title_align="left", border_style=QUIET)),
        Layout(Panel(_figures(moment, right - 4), title="what it is worth", title_align="left", border_style=QUIET), size=right),
    )
    return layout


def card_of(answer: Answer) -> tuple[str, str]:
    """Return (item id, reason) of the card to show: the one that was taken, else the first."""
    card = next((card for card in answer.cards if card.item_id == answer.taken), answer.cards[0])
    return card.item_id, card.reason.text


def mark(answer: Answer) -> str:
    """Say what became of it."""
    if answer.taken is not None:
        return "✓ took it"
    return "· not" if answer.closed else "…"


def clock(moment_ms: int) -> str:
    """Return the log's time for people."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%a %d %b %Y %H:%M")


def above_lowest(values: Sequence[float]) -> list[float]:
    """Return what is seen where the whole is large and changes slowly: each value without the lowest of them."""
    lowest = min(values, default=0.0)
    return [value - lowest for value in values]


def figure_rows(moment: Moment) -> list[tuple[str, str, list[float]]]:
    """Return (name, value, course) of each figure, in reading order."""
    now, course = moment.figures, moment.course
    return [
        ("events/s", _number(_last(course.rate_of("events"))), course.rate_of("events")),
        ("answers/s", _number(_last(course.rate_of("suggestions"))), course.rate_of("suggestions")),
        ("wait p50", _number(now.p50_ms, " ms"), course.of("p50_ms")),
        ("wait p99", _number(now.p99_ms, " ms"), course.of("p99_ms")),
        ("hit rate", _percent(now.hit_rate), course.of("hit_rate")),
        ("bestsellers", _percent(now.popular_hit_rate), course.of("popular_hit_rate")),
        ("log loss", _number(now.log_loss, digits=3), above_lowest(course.of("log_loss"))),
        ("lag", _number(now.lag, digits=0), course.of("lag")),
        ("memory", _number(now.memory_mib, " MB", digits=0), course.of("memory_mib")),
        ("dead letters", _number(now.dead_letters, digits=0), []),
    ]


def _header(moment: Moment, width: int) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    line.add_column(justify="right", no_wrap=True)
    says = f"  {moment.orders}, played live" if width >= 90 else f"  {moment.orders}"
    line.add_row(Text.assemble((" tsuide demo", "bold"), says), Text(f"{clock(moment.clock_ms)} ", style="bold cyan"))
    return line


def _footer(moment: Moment, width: int) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    line.add_column(justify="right", no_wrap=True)
    meaning = LONG_MEANING if width >= WIDE else SHORT_MEANING
    left = Text.assemble(" the shop: ", (moment.address, f"bold cyan link {moment.address}"), (f"  {meaning}", QUIET))
    line.add_row(left, Text("Ctrl-C ends ", style=QUIET))
    return line


def _feed(moment: Moment, shown: Sequence[Answer], *, lines: int, width: int, wide: bool) -> RenderableType:
    each = 3
    fitting = list(shown)[-max(1, (lines + 1) // each) :]
    blocks: list[RenderableType] = [_entry(moment, answer, width, wide=wide) for answer in fitting]
    return Group(*blocks)


def _entry(moment: Moment, answer: Answer, width: int, *, wide: bool) -> RenderableType:
    item_id, reason = card_of(answer)
    put = answer.visit.items[answer.place].item_id
    outcome = mark(answer)
    style = {"✓": "bold green", "·": QUIET}.get(outcome[0], "yellow")
    who = Text.assemble((short(answer.visit.customer), "cyan"), " put ", moment.titles.get(put, put))
    offer = Text.assemble("     → ", (moment.titles.get(item_id, item_id), "bold"))
    if len(answer.cards) > 1:
        offer.append(f" +{len(answer.cards) - 1}", QUIET)
    offer.truncate(max(10, width - len(outcome) - 1), overflow="ellipsis")
    offer.pad_right(max(1, width - offer.cell_len - len(outcome)))
    offer.append(outcome, style)
    why = Text(f"       {reason}", style=QUIET)
    for line in (who, why):
        line.truncate(width, overflow="ellipsis")
    return Group(who, offer, why)


def _figures(moment: Moment, width: int) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, style="green")
    bars = max(4, width - 23)
    for name, value, course in figure_rows(moment):
        table.add_row(name, Text(value, style="bold"), spark(course, bars))
    now = moment.figures
    rest = Text(style=QUIET)
    rest.append(f"\n{now.events:,} events, {now.suggestions:,} suggestions\n")
    rest.append(f"{now.warmed_up_with:,} older baskets before\n")
    rest.append(f"ranker version {now.model_version}\n" if now.model_version is not None else "ranker not yet trained\n")
    return Group(table, rest)


def short(customer: str) -> str:
    """Return the first four digits of a pseudonym."""
    return customer.rpartition(":")[2][:4]


def _last(values: Sequence[float]) -> float | None:
    recent = list(values)[-4:]
    return sum(recent) / len(recent) if recent else None


def _number(value: float | None, unit: str = "", *, digits: int = 1) -> str:
    return "-" if value is None else f"{value:,.{digits}f}{unit}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
