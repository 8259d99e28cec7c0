"""`tsuide load`: a real log at a steady rate, and how long its answers took."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream.exits import FAILED, INTERRUPTED, OK

if TYPE_CHECKING:
    from stream.load.waits import Bound


def load(
    log: Annotated[Path, typer.Argument(help="Event log: JSON lines, plain, .gz or .zst; begins again where it is over.")],
    rate: Annotated[float, typer.Option(min=0.1, max=100_000, help="Events a second.")],
    seconds: Annotated[float, typer.Option(min=1, max=604_800, help="How long is measured.")] = 60.0,
    warmup: Annotated[float, typer.Option(min=0, max=86_400, help="Seconds at the same rate before that, which do not count.")] = 5.0,
    customers: Annotated[
        int | None, typer.Option(min=1, help="Put the log's customers together into so many. Without it: as many as the log has.")
    ] = None,
    max_in_flight: Annotated[int, typer.Option(min=1, help="Events not acknowledged at most; more wait and are late.")] = 10_000,
    wait: Annotated[float, typer.Option(min=0, max=3_600, help="Seconds to wait at the end until the workers have handled all.")] = 30.0,
    catalog: Annotated[Path | None, typer.Option(help="Import this catalogue first; not with --live.")] = None,
    hdr: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the waits for HdrHistogram's tools: .hgrm percentiles in ms, .hlog an interval a second."),
    ] = None,
    fail_over: Annotated[
        list[str] | None,
        typer.Option(metavar="pNN=MS", help="End with 1 where suggestions take longer: p99=100, p99.9=250, max=1000; may be repeated."),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Afterwards have workers and memory forget the load's customers.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Load a cluster that holds others' events, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Replay a log into the input topics at a steady rate, and measure how long the suggestions take. Writes to Kafka.

    Open loop: event n is due n / rate seconds after the beginning, and each wait is counted from there, whatever became of those before
    it; while workers or broker stand still, the waits grow as customers would feel it (free of coordinated omission).

    Every event gets a new id and the time at which it is due. Customers, sessions and orders get new names: load:<64 hex digits>,
    load-..., each run and each round through the log its own, so that no customer of the shop is touched. The shared memory, and the
    ranker where a trainer runs, learn from a load as from anybody; a cluster that holds others' events is refused without --live.

    Example: tsuide load events.jsonl.gz --rate 800 --seconds 60 --fail-over p99=100

    Exit codes: 0 measured and all is well, 1 less than 95 % of the rate was reached, or events were refused or not handled, or a bound
    was missed, or the cluster is not fit (no topics, nobody reads, others' events), 2 wrong use or setting, 4 Kafka is away, 130 Ctrl-C:
    what was measured until then is printed; a second one ends at once.
    """
    import secrets

    from stream.cli.anybody import anybody
    from stream.cli.ending import complain, once
    from stream.cli.measuring import Asked, measure
    from stream.cli.setting import settings
    from stream.cli.shown.load import shown
    from stream.cli.terminal import console, print_json
    from stream.load.renaming import Renaming
    from stream.load.replay import Replay
    from stream.load.run import Plan
    from stream.load.schedule import Schedule

    asked = Asked(catalog, _hdr_file(hdr), live, _bounds(fail_over))
    if live and catalog is not None:
        raise typer.BadParameter("a catalogue is not imported into a live shop; leave one of them away.", param_hint="--catalog")
    here = settings()
    renaming = Renaming(secrets.token_hex(4), customers=customers)
    plan = Plan(Schedule(rate, seconds, warmup), renaming, max_in_flight=max_in_flight, wait_s=wait, forget=forget)
    report = once(measure(here, plan, Replay(log, anybody), asked))
    if as_json:
        print_json(report)
    else:
        console().print(shown(report))
    for words in report.missed:
        complain(f"{words}.")
    if report.interrupted:
        return INTERRUPTED
    return FAILED if report.missed else OK


def _bounds(texts: list[str] | None) -> "tuple[Bound, ...]":
    from stream.load.waits import Bound

    try:
        return tuple(Bound.of(text) for text in texts or ())
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint="--fail-over") from fault


def _hdr_file(path: Path | None) -> Path | None:
    from stream.load.hdr import SUFFIXES

    if path is not None and path.suffix not in SUFFIXES:
        raise typer.BadParameter(f"{path} does not end in {' or '.join(SUFFIXES)}.", param_hint="--hdr")
    if path is not None and not path.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}.", param_hint="--hdr")
    return path
