"""`tsuide top`: everything that operations look at, in one picture that follows what happens."""

from typing import Annotated

import typer

from stream.exits import OK

HINT = (
    "Waits, suggestions, silences, model and faults are told by the processes:\n"
    "set TSUIDE_OPS_LISTEN for them, and name them here: --metrics host:port,host:port"
)


def top(
    metrics: Annotated[
        str,
        typer.Option(metavar="HOST:PORT,...", help="Where workers, trainer and gateways tell their metrics. [default: TSUIDE_OPS_LISTEN]"),
    ] = "",
    every: Annotated[float, typer.Option(min=0.2, max=600, help="Seconds between two looks, from which rates are told.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Print one picture and end; so it is where nobody looks at a terminal.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON a look, until Ctrl-C; with --once a single one.")] = False,
) -> int:
    """Show lag, rates, waits, suggestions and faults on one screen, until Ctrl-C. Changes nothing.

    Example: tsuide top --metrics 10.0.0.7:9464,10.0.0.8:9464

    Lag is read from Kafka and Redis, with nothing else; the rest is told by the processes at their addresses for operations.

    Exit codes: 0 looked (also after Ctrl-C), 1 a topic is missing, 2 wrong use or setting, 4 Kafka or Redis is away at the start.
    """
    from stream.cli.ending import once as to_its_end
    from stream.cli.setting import settings
    from stream.cli.shown.top import follow_live, print_json_for_ever, print_once
    from stream.cli.terminal import console
    from stream.ops.top.watch import addresses_of

    here = settings()
    try:
        addresses = addresses_of(metrics, here.ops_listen)
    except ValueError as fault:
        raise typer.BadParameter(f"{fault}: write 10.0.0.7:9464,10.0.0.8:9464", param_hint="--metrics") from fault
    hint = "" if addresses else HINT
    try:
        if as_json:
            to_its_end(print_json_for_ever(here, addresses, every_s=every, once=once))
        elif once or not console().is_terminal:
            to_its_end(print_once(here, addresses, every_s=every, hint=hint))
        else:
            to_its_end(follow_live(here, addresses, every_s=every, hint=hint))
    except KeyboardInterrupt:
        return OK
    return OK
