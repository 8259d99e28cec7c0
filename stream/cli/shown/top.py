"""How `tsuide top` is shown: on a screen of its own, once, or as lines of JSON."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import msgspec
from rich.console import RenderableType
from rich.live import Live

from stream.cli.ending import complain
from stream.cli.shown.lag import as_json
from stream.cli.shown.picture import picture
from stream.cli.terminal import console, print_json
from stream.ops.top.watch import Moment, first, watch
from stream.settings import Settings

REDRAWN_PER_S = 4  # so that a resized terminal is filled at once


class Screen:
    """What is drawn now: the newest moment, and what is waited for since."""

    def __init__(self, hint: str) -> None:
        self._screen, self._hint = console(), hint
        self._moment: Moment | None = None
        self._note = ""

    def live(self) -> Live:
        """Return the screen, to be entered; it draws itself again and again."""
        return Live(get_renderable=self._drawn, console=self._screen, screen=True, refresh_per_second=REDRAWN_PER_S)

    def show(self, moment: Moment) -> None:
        """Show this from now on."""
        self._moment, self._note = moment, ""

    def wait_for(self, what: str) -> None:
        """Say what is away, above the newest moment."""
        self._note = what

    def _drawn(self) -> RenderableType:
        width, height = self._screen.size
        return picture(self._moment, width=width, height=height, note=self._note, hint=self._hint)


async def follow_live(settings: Settings, addresses: Sequence[str], *, every_s: float, hint: str) -> None:
    """Draw for ever. Raises: what `follow` does, before anything was seen."""
    screen = Screen(hint)
    with screen.live():
        async with aclosing(watch(settings, addresses, every_s=every_s, away=screen.wait_for)) as moments:
            async for moment in moments:
                screen.show(moment)


async def print_once(settings: Settings, addresses: Sequence[str], *, every_s: float, hint: str) -> None:
    """Print one picture, as long as it takes."""
    moment = await first(settings, addresses, every_s=every_s)
    screen = console()
    screen.print(picture(moment, width=screen.width, hint=hint))


async def print_json_for_ever(settings: Settings, addresses: Sequence[str], *, every_s: float, once: bool) -> None:
    """Print a line for each look; `once`: for the first alone."""
    if once:
        print_json(json_of(await first(settings, addresses, every_s=every_s)))
        return
    async with aclosing(watch(settings, addresses, every_s=every_s, away=complain)) as moments:
        async for moment in moments:
            print_json(json_of(moment))


def json_of(moment: Moment) -> dict[str, Any]:
    """Return a moment as it is printed for programs: what `tsuide lag --json` says, and `metrics` beside it."""
    return as_json(moment.lags, moment.at_ms) | {"metrics": msgspec.to_builtins(moment.figures)}
