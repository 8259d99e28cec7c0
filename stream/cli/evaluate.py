"""`tsuide evaluate`: how good the suggestions are on a log."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from stream.cli.choices import BasketMode, Protocol
from stream.exits import OK

if TYPE_CHECKING:
    from features.catalog import Catalog
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON, the last of the output.")] = False,
) -> int:
    """Walk once through a log: ask before each event what comes, then learn it, and report how often the answer was right.

    Example: tsuide evaluate events.jsonl.gz --catalog catalog.jsonl.gz --protocol next-item --json

    Exit codes: 0 measured, 1 a file cannot be read, 2 wrong use.
    """
    from features.catalog import Catalog
    from stream.cli.anybody import anybody
    from stream.cli.terminal import print_json, watched
    from stream.lines import Lines
    from stream.logs import read_catalog, read_events

    listed = Catalog()
    if catalog is not None:
        for item in read_catalog(catalog):
            listed.put(item)
    lines = Lines(events)
    asked = Asked(protocol, mode, sessions=sessions, ignore_category=ignore_category, tail=tail)
    report = _measure(list(watched(read_events(lines, anybody), lines)), listed, asked).as_json()
    if as_json:
        print_json(report)
    else:
        _print(report)
    return OK


class Asked(NamedTuple):
    """What is measured, as the command line says it."""

    protocol: Protocol
    mode: BasketMode
    sessions: bool
    ignore_category: bool
    tail: float | None


def _measure(events: "list[Event]", catalog: "Catalog", asked: Asked) -> Any:
    from stream.cli.terminal import counted

    tail = (0.5 if asked.sessions else 0.2) if asked.tail is None else asked.tail
    with counted("asked and learnt") as done:
        if asked.protocol is Protocol.next_item:
            from online_models.evaluate.next_item import evaluate_next_item

            return evaluate_next_item(events, catalog, tail=tail, progress=done)
        if asked.protocol is Protocol.upgrade:
            from online_models.evaluate.upgrade import evaluate_upgrade

            return evaluate_upgrade(events, catalog, tail=tail, progress=done)
        if asked.protocol is Protocol.accessory and asked.sessions:
            from online_models.evaluate.accessory_sessions import evaluate_accessory_sessions

            return evaluate_accessory_sessions(events, catalog, tail=tail, progress=done)
        if asked.protocol is Protocol.accessory:
            from online_models.evaluate.accessory import evaluate_accessory

            return evaluate_accessory(events, catalog, ignore_category=asked.ignore_category, tail=tail, progress=done)
        from online_models.evaluate.basket import evaluate_basket

        return evaluate_basket(events, catalog, mode=asked.mode.value, tail=tail, progress=done)


def _print(report: dict[str, Any]) -> None:
    from stream.cli.terminal import print_table

    plain = {name: value for name, value in report.items() if not isinstance(value, dict)}
    for name, value in plain.items():
        typer.echo(f"{name}: {value}")
    for name in ("recommend_us", "learn_us"):
        typer.echo(f"{name}: " + ", ".join(f"{key} {value}" for key, value in report[name].items()))
    baselines = report["baselines"]
    if baselines:
        metrics = list(next(iter(baselines.values())))
        rows = [("tsuide", *(report.get(metric, "") for metric in metrics))]
        rows += [(name, *(figures[metric] for metric in metrics)) for name, figures in baselines.items()]
        typer.echo()
        print_table(("ranker", *metrics), rows)
