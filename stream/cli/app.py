"""All commands in one place, in the order in which they are needed."""

from typing import Annotated

import typer

from stream.cli import (
    asyncapi,
    catalog,
    checkpoints,
    compare,
    demo,
    digest,
    doctor,
    evaluate,
    export,
    gateway,
    health,
    lag,
    load,
    offsets,
    policy,
    redrive,
    replay,
    replays,
    sort,
    suggest,
    top,
    topics,
    trainer,
    worker,
)
from stream.cli.ending import Flags
from stream.cli.logs import log_to_stderr
from stream.exits import OK

EXITS = """
Exit codes: 0 all well, 1 found problems or failed, 2 wrong use or setting, 3 some rows were refused,
4 Kafka or Redis is away, 70 a fault of ours, 130 Ctrl-C.
"""

app = typer.Typer(
    name="tsuide",
    help="Live accessory and upgrade suggestions for shops, learnt from the stream.",
    epilog=EXITS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from stream.version import SOURCES, release

        typer.echo("tsuide, run from its sources without being installed" if release() == SOURCES else f"tsuide {release()}")
        raise typer.Exit(OK)


@app.callback()
def every_command(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and the libraries' logs.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")] = False,
) -> None:
    """Live accessory and upgrade suggestions for shops, learnt from the stream."""
    context.ensure_object(Flags).debug = debug
    if debug:
        log_to_stderr("debug", "text")


app.add_typer(topics.app, name="topics")
app.add_typer(catalog.app, name="catalog")
app.add_typer(policy.app, name="policy")
app.add_typer(offsets.app, name="offsets")
app.add_typer(replays.app, name="replays")
app.command(epilog=EXITS)(demo.demo)
app.command(epilog=EXITS)(worker.worker)
app.command(epilog=EXITS)(trainer.trainer)
app.command(epilog=EXITS)(gateway.gateway)
app.command(epilog=EXITS)(lag.lag)
app.command(epilog=EXITS)(top.top)
app.command(epilog=EXITS)(health.health)
app.command(epilog=EXITS)(redrive.redrive)
app.command(epilog=EXITS)(checkpoints.checkpoints)
app.command(epilog=EXITS)(load.load)
app.command(epilog=EXITS)(suggest.suggest)
app.command(epilog=EXITS)(evaluate.evaluate)
app.command(epilog=EXITS)(replay.replay)
app.command(epilog=EXITS)(compare.compare)
app.command(epilog=EXITS)(digest.digest)
app.command(epilog=EXITS)(export.export)
app.command(epilog=EXITS)(sort.sort)
app.command(epilog=EXITS)(asyncapi.asyncapi)
app.command(epilog=EXITS)(doctor.doctor)
