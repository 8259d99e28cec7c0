"""`tsuide policy`: the shop's rules, checked before they are used."""

from pathlib import Path
from typing import Annotated

import typer

from stream.exits import OK

app = typer.Typer(help="Check the file that says when to speak.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Check the file that says when to speak."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A policy file, as deploy/policy.toml is one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Read a policy file and show its version; what is wrong is named with its line, its key and the cure.

    Example: tsuide policy check deploy/policy.toml

    Exit codes: 0 valid, 1 not valid, 2 wrong use.
    """
    from online_models.policy import Policy
    from stream.cli.terminal import print_json

    policy = Policy.read(file)
    if as_json:
        print_json({"version": policy.version, "policy": policy})
    else:
        typer.echo(f"{file} is valid: version {policy.version}, lists {', '.join(policy.order)}.")
    return OK
