"""`tsuide evaluate`: how good the suggestions are on a log."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from msgspec.structs import replace

from stream.cli.choices import BasketMode, Protocol
from stream.exits import OK

if TYPE_CHECKING:
    from features.catalog import Catalog
    from online_models.evaluate.report import Report
    from online_models.evaluate.walk import How
    from stream.contracts.events import Event


def evaluate(
    events: Annotated[Path, typer.Argument(help="Event log: JSON lines, plain, .gz or .zst.")],
    protocol: Annotated[Protocol, typer.Option(help="What is asked.")],
    catalog: Annotated[Path | None, typer.Option(help="Catalogue in JSON lines.")] = None,
    mode: Annotated[BasketMode, typer.Option(help="basket: discover answers only what the customer never bought.")] = BasketMode.mixed,
    sessions: Annotated[bool, typer.Option(help="accessory: over the sessions of a clickstream instead of baskets.")] = False,
    ignore_category: Annotated[bool, typer.Option(help="accessory: for a catalogue that is one category.")] = False,
    tail: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Share of the log, from its end, whose questions count: 0.2, over sessions 0.5."),
    ] = None,
    ablate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Leave out a source of evidence, e.g. neighbours; may be repeated or a comma list. A wrong name lists all.",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw how often the answer was right as time went by. Needs matplotlib.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON, the last of the output.")] = False,
) -> int:
    """Walk once through a log: ask before each event what comes, then learn it, and report how often the answer was right.

    --ablate takes the evidence of a source from the ranker: its features are zero, asked and learnt. What the source brought stays in the
    list of candidates, where it is ranked by all else that is known of it.

    Example: tsuide evaluate events.jsonl.gz --catalog catalog.jsonl.gz --protocol next-item --json

    Exit codes: 0 measured, 1 a file cannot be read or written or matplotlib is missing, 2 wrong use.
    """
    from features.catalog import Catalog
    from stream.cli.anybody import anybody
    from stream.cli.terminal import print_json, watched
    from stream.lines import Lines
    from stream.logs import read_catalog, read_events

    draw = None if plot is None else _drawing_to(plot)
    asked = Asked(protocol, mode, sessions=sessions, ignore_category=ignore_category, how=_how(protocol, _names(ablate), tail))
    listed = Catalog()
    if catalog is not None:
        for item in read_catalog(catalog):
            listed.put(item)
    lines = Lines(events)
    report = replace(_measure(list(watched(read_events(lines, anybody), lines)), listed, asked), ablated=_names(ablate))
    if draw is not None:
        draw(report)
    if as_json:
        print_json(report.as_json())
    else:
        _print(report.as_json())
    return OK


class Asked(NamedTuple):
    """What is measured, as the command line says it."""

    protocol: Protocol
    mode: BasketMode
    sessions: bool
    ignore_category: bool
    how: "How"


def _names(ablate: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted({name.strip() for text in ablate or () for name in text.split(",") if name.strip()}))


def _how(protocol: Protocol, ablate: tuple[str, ...], tail: float | None) -> "How":
    from online_models.evaluate.ablation import without

    how: How = {} if tail is None else {"tail": tail}
    if ablate:
        try:
            how["learner"] = without(ablate, protocol.value)
        except ValueError as fault:
            raise typer.BadParameter(str(fault), param_hint="--ablate") from fault
    return how


def _drawing_to(path: Path) -> "Callable[[Report], None]":
    """Return what draws a report to `path`; whatever would be in its way is told before the log is read."""
    from stream.cli.shown.curves import draw, drawing

    if path.suffix != ".svg":
        raise typer.BadParameter(f"{path} does not end in .svg, the only form that is drawn.", param_hint="--plot")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}.", param_hint="--plot")
    drawing()
    return lambda report: draw(report, path)


def _measure(events: "list[Event]", catalog: "Catalog", asked: Asked) -> "Report":
    from stream.cli.terminal import counted

    with counted("asked and learnt") as done:
        asked.how["progress"] = done
        if asked.protocol is Protocol.next_item:
            from online_models.evaluate.next_item import evaluate_next_item

            return evaluate_next_item(events, catalog, **asked.how)
        if asked.protocol is Protocol.upgrade:
            from online_models.evaluate.upgrade import evaluate_upgrade

            return evaluate_upgrade(events, catalog, **asked.how)
        if asked.protocol is Protocol.accessory and asked.sessions:
            from online_models.evaluate.accessory_sessions import evaluate_accessory_sessions

            return evaluate_accessory_sessions(events, catalog, **asked.how)
        if asked.protocol is Protocol.accessory:
            from online_models.evaluate.accessory import evaluate_accessory

            return evaluate_accessory(events, catalog, ignore_category=asked.ignore_category, **asked.how)
        from online_models.evaluate.basket import evaluate_basket

        return evaluate_basket(events, catalog, mode=asked.mode.value, **asked.how)


def _print(report: dict[str, Any]) -> None:
    from stream.cli.terminal import print_table

    plain = {name: value for name, value in report.items() if not isinstance(value, dict | list)}
    for name, value in plain.items():
        typer.echo(f"{name}: {value}")
    if report["ablated"]:
        typer.echo(f"ablated: {', '.join(report['ablated'])}")
    for name in ("recommend_us", "learn_us"):
        typer.echo(f"{name}: " + ", ".join(f"{key} {value}" for key, value in report[name].items()))
    baselines = report["baselines"]
    if baselines:
        metrics = list(next(iter(baselines.values())))
        rows = [("tsuide", *(report.get(metric, "") for metric in metrics))]
        rows += [(name, *(figures[metric] for metric in metrics)) for name, figures in baselines.items()]
        typer.echo()
        print_table(("ranker", *metrics), rows)
