"""`tsuide replay --into kafka`."""

import asyncio
import shlex
import signal
import sys
from datetime import UTC, datetime

import typer

from features.catalog import Catalog
from stream.cli.ending import complain, once
from stream.cli.goods import take_goods
from stream.cli.progress import told
from stream.cli.replaying.asked import Asked, Feed
from stream.cli.replaying.refused import tell_refused
from stream.cli.shown.replay import print_fed
from stream.cli.terminal import print_json
from stream.contracts.topics import DEAD_LETTERS, INPUTS
from stream.exits import INTERRUPTED, OK, PARTLY
from stream.replay.feed.apart import ID, new_id, variables
from stream.replay.feed.marks import choices_of
from stream.replay.feed.run import Order, Replaying, Report
from stream.replay.past import Past, open_past, topics_named


def into_kafka(asked: Asked, feed: Feed) -> int:
    """Feed a log into Kafka, print what came of it, and return the exit code."""
    order = _order(asked, feed)
    if order.workers and not order.live:
        asked.here.secret()  # its workers' too: told before anything is made
    if feed.live and not feed.yes:
        _confirm(asked)
    report, past = once(_run(asked, order))
    if asked.as_json:
        print_json({"refused": past.refused, "skipped": past.skipped, "per_second": round(report.fed.per_second, 1), "report": report})
    else:
        tell_refused(past, asked.refuse)
        print_fed(report)
    if report.interrupted:
        complain(f"interrupted; the same command with --resume {order.replay_id} goes on.")
        return INTERRUPTED
    return PARTLY if past.refused or report.sent.get(DEAD_LETTERS) else OK


async def _run(asked: Asked, order: Order) -> tuple[Report, Past]:
    with told("read") as tell:

        def progress(run: Replaying) -> None:
            clock = datetime.fromtimestamp(run.fed.clock_ms / 1_000, UTC)
            behind = "?" if run.behind is None else f"{run.behind:,}"
            said = f"{run.fed.records:,} fed ({run.fed.per_second:,.0f}/s) to {clock:%Y-%m-%d %H:%M:%S} UTC, workers {behind} behind"
            tell(past.done, past.size, said)

        run = Replaying(asked.here, order, progress)
        await run.prepare()
        if not asked.as_json:
            _announce(run, order)
        loop = asyncio.get_running_loop()

        def stop() -> None:
            run.stop.set()
            loop.remove_signal_handler(signal.SIGINT)  # a second Ctrl-C ends at once

        loop.add_signal_handler(signal.SIGINT, stop)
        async with open_past(asked.source, asked.chosen, asked.reading, asked.here.kafka) as past:
            return await run.run(past), past


def _order(asked: Asked, feed: Feed) -> Order:
    """Return what is to be done. Raises BadParameter where that makes no sense."""
    replay_id = feed.resume or feed.id or new_id()
    if feed.resume and feed.id:
        raise typer.BadParameter("names the replay already; leave --id away.", param_hint="--resume")
    if not ID.match(replay_id):
        raise typer.BadParameter(f"{replay_id!r} is no id: small letters, digits and hyphens, 40 at most.", param_hint="--id")
    if feed.live and asked.catalog is not None:
        raise typer.BadParameter("a live shop's catalogue is left alone: `tsuide catalog import`.", param_hint="--catalog")
    topics = topics_named(asked.source)
    if feed.live and topics is not None and set(topics) & set(INPUTS):
        raise typer.BadParameter("would feed the shop's own topics into themselves; export them, or leave --live away.", param_hint="LOG")
    goods = Catalog()
    if asked.catalog is not None:
        take_goods(asked.catalog, goods)
    wanted = asked.chosen.wanted
    choices = choices_of(
        wanted.from_ms, wanted.to_ms, sorted(wanted.customers), sorted(asked.chosen.events), asked.chosen.limit, asked.reading.format
    )
    return Order(
        replay_id,
        choices,
        resume=feed.resume is not None,
        live=feed.live,
        learns_only=asked.learn_only,
        workers=feed.workers,
        policy=feed.policy,
        goods=[item for item_id in goods.ids() if (item := goods.get(item_id)) is not None],
        speed=_speed(feed.speed),
        most_per_s=feed.max_rate,
        waits=feed.waits,
        to_the_seam=feed.live and wanted.from_ms is None and wanted.to_ms is None,
    )


def _speed(said: str) -> float | None:
    """Return the factor; None for `max`. Raises BadParameter."""
    if said == "max":
        return None
    try:
        factor = float(said.removesuffix("x"))
    except ValueError:
        factor = 0.0
    if not 0 < factor < float("inf"):
        raise typer.BadParameter(f"{said!r} is neither max nor a number above 0, such as 1 or 60.", param_hint="--speed")
    return factor


def _confirm(asked: Asked) -> None:
    """Have it typed that this is meant. Raises BadParameter where nobody can be asked, Abort where it is not."""
    if not sys.stdin.isatty():
        raise typer.BadParameter("writes into the shop's own topics: say --yes where nobody can be asked.", param_hint="--live")
    typer.echo(f"{asked.source} goes into {', '.join(INPUTS)} at {asked.here.kafka},", err=True)
    typer.echo("and is counted into the shop's own profiles.", err=True)
    if typer.prompt("Type live to go on", default="", show_default=False, err=True).strip() != "live":
        raise typer.Abort


def _announce(run: Replaying, order: Order) -> None:
    """Tell the replay's id, the seam, and with which settings other processes belong to it."""
    typer.echo(f"Replay {order.replay_id}: goes on with --resume {order.replay_id} should it be ended.", err=True)
    if run.until_ms is not None:
        seam = datetime.fromtimestamp(run.until_ms / 1_000, UTC)
        typer.echo(f"The shop's own events begin at {seam:%Y-%m-%d %H:%M:%S} UTC: the log is fed up to there.", err=True)
    if not order.live:
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables(run.there).items())
        typer.echo(f"Other processes belong to it with {settings}", err=True)
