"""Lines that could not be read, as people are told of them."""

import typer

from stream.archive.rejects import RejectsFile
from stream.replay.past import Past


def tell_refused(past: Past, refuse: RejectsFile) -> None:
    """Print the first ones and where all of them are, on standard error; nothing where there are none."""
    for reject in refuse.first:
        typer.echo(str(reject), err=True)
    if past.refused:
        typer.echo(f"{past.refused:,} lines refused; they are in {refuse.path}.", err=True)
