"""The demo as a process: Ctrl-C and SIGTERM end it in order, whatever it is doing."""

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stream.demo.figures import Figures
from stream.demo.place import Place
from stream.demo.run import Demo, Options
from stream.demo.screen import Screen
from stream.ending import cancelled
from stream.exits import INTERRUPTED, OK
from stream.telling.lines import formatter

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_stopped(options: Options, place: Place, screen: Screen) -> tuple[int, Figures | None]:
    """Run the demo and return its exit code and, if it was live, its figures. All that it started has ended then. Raises as `Demo.run`."""
    with place, _logs_in(place.folder / "demo.log"):
        demo = Demo(options, place, screen)
        try:
            asyncio.run(_until_stopped(demo))
            return (OK, demo.figures()) if demo.live else (INTERRUPTED, None)
        finally:
            screen.close()


async def _until_stopped(demo: Demo) -> None:
    stop = asyncio.Event()
    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running, stopping = asyncio.create_task(demo.run()), asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await cancelled([running, stopping])
    if not running.cancelled():
        running.result()


@contextmanager
def _logs_in(path: Path) -> Iterator[None]:
    """Keep what the libraries log off the screen; what ends the demo is an exception and is told anyway."""
    root = logging.getLogger()
    before, file = root.handlers[:], logging.FileHandler(path)
    file.setFormatter(formatter("text"))
    root.handlers[:] = [file]
    try:
        yield
    finally:
        root.handlers[:] = before
        file.close()
