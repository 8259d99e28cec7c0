"""The demo as a process: Ctrl-C and SIGTERM end it in order, whatever it is doing."""

import asyncio
import signal
from contextlib import suppress

from stream.demo.figures import Figures
from stream.demo.place import Place
from stream.demo.run import Demo, Options
from stream.demo.screen import Screen
from stream.exits import INTERRUPTED, OK

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_stopped(options: Options, place: Place, screen: Screen) -> tuple[int, Figures | None]:
    """Run the demo and return its exit code and, if it was live, its figures. All that it started has ended then. Raises as `Demo.run`."""
    with place:
        demo = Demo(options, place, screen)
        try:
            asyncio.run(_until_stopped(demo))
            return (OK, demo.figures()) if demo.live else (INTERRUPTED, None)
        finally:
            screen.close()


async def _until_stopped(demo: Demo) -> None:
    running = asyncio.ensure_future(demo.run())
    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
