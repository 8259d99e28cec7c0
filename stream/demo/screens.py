"""The screen that fits where the output goes."""

import sys

import msgspec
from rich.console import Console

from stream.demo.figures import Figures
from stream.demo.plain import PlainScreen, summary
from stream.demo.screen import QuietScreen, Screen
from stream.demo.terminal import TerminalScreen


def screen_for(*, quiet: bool) -> Screen:
    """Return a drawing screen on a terminal, lines elsewhere; `quiet` where only the figures at the end are wanted."""
    if quiet:
        return QuietScreen()
    console = Console(file=sys.stdout, highlight=False)
    return TerminalScreen(console) if console.is_terminal and not console.is_dumb_terminal else PlainScreen()


def tell(figures: Figures, *, as_json: bool, note: str = "") -> None:
    """Print the figures of the whole run; for people with a `note` on what they are worth, where the shop has one."""
    if as_json:
        print(msgspec.json.encode(figures).decode(), flush=True)
        return
    console = Console(file=sys.stdout, highlight=False)
    console.print("\n".join(filter(None, (summary(figures), note))), soft_wrap=not console.is_terminal)
