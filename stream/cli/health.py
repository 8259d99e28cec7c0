"""`tsuide health`: whether the process beside this one is well, for probes of containers."""

from typing import Annotated

import typer

from stream.exits import FAILED, OK


def health(
    ready: Annotated[bool, typer.Option("--ready", help="Ask whether it does its work, not only whether it lives.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Ask the worker, trainer or gateway at TSUIDE_OPS_LISTEN how it is.

    Example: TSUIDE_OPS_LISTEN=0.0.0.0:9464 tsuide health --ready

    Exit codes: 0 well, 1 not well, or nobody answers, 2 wrong or missing setting.
    """
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json
    from stream.ops.probe import ask

    told = ask(settings().ops_listen, "ready" if ready else "live")
    if as_json:
        print_json(told)
    else:
        typer.echo("\n".join([told.status, *told.reasons]))
    return OK if told.well else FAILED
