"""How far a long command is: a bar where somebody watches, and a line every ten seconds where nobody does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from stream.cli.terminal import Tell, console, counted

EVERY_S = 10.0


@contextmanager
def told(what: str, *, now_s: Callable[[], float] = time.monotonic) -> Iterator[Tell]:
    """Give a function to tell how much is done, shown on standard error; `now_s` is the clock."""
    if console(stderr=True).is_terminal:
        with counted(what) as tell:
            yield tell
        return
    began_s = said_s = now_s()

    def tell_now_and_then(done: int, of: int, note: str = "") -> None:
        nonlocal said_s
        at_s = now_s()
        if at_s - said_s >= EVERY_S:
            said_s = at_s
            share = f" of {of:,} ({done / of:.0%})" if of else ""
            typer.echo(f"{what}: {done:,}{share} after {at_s - began_s:.0f} s{note and ', '}{note}", err=True)

    yield tell_now_and_then
