"""A load from the terminal: what comes before it, Ctrl-C, each second's figures, and the file of its waits."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from stream.catalog.importing import import_file
from stream.cli.ending import complain
from stream.cli.shown.load import telling
from stream.connection.kafka import Broker
from stream.errors import LogError
from stream.load.hdr import interval_log, write_percentiles
from stream.load.measured import Report
from stream.load.replay import Replay
from stream.load.run import Load, Plan
from stream.load.target import find_target
from stream.load.waits import Bound
from stream.settings import Settings

TICK_S = 1.0


class Asked(Struct, frozen=True):
    """What is wanted around the load itself."""

    catalog: Path | None
    hdr: Path | None
    live: bool
    bounds: tuple[Bound, ...]


async def measure(here: Settings, plan: Plan, replay: Replay, asked: Asked) -> Report:
    """Look at the cluster, import the catalogue, load, and return the figures; Ctrl-C ends the sending, a second one everything.

    Raises: what `find_target` and `Load.run` do; KeyboardInterrupt at a second Ctrl-C.
    """
    target = await find_target(here.kafka, here.group, live=asked.live)
    if asked.catalog is not None:
        await _import(asked.catalog, here.kafka)
    gc.freeze()  # a collection would else walk through all libraries, tens of milliseconds in which nothing is sent or read
    load = Load(plan, target, iter(replay))
    running = asyncio.create_task(load.run(), name="load")
    with _ending_at_ctrl_c(load, running):
        telling_each_second = asyncio.create_task(_each_second(load, asked.hdr), name="tell")
        try:
            await running
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            telling_each_second.cancel()
            await asyncio.wait({telling_each_second})
    if asked.hdr is not None and asked.hdr.suffix == ".hgrm":
        write_percentiles(asked.hdr, load.measured.suggestion)
    return load.measured.report(
        not_handled=load.not_handled,
        left_out=replay.left_out,
        customers=len(load.customers),
        interrupted=load.stop.is_set(),
        bounds=asked.bounds,
    )


async def _import(catalog: Path, broker: Broker) -> None:
    imported = await import_file(catalog, broker)
    if imported.rows == 0:
        raise LogError(str(catalog), 0, "holds no item that can be imported; see `tsuide catalog import FILE --dry-run`.")
    if imported.refused:
        complain(f"{imported.refused} rows of {catalog} were left out; see `tsuide catalog import FILE --dry-run`.")


async def _each_second(load: Load, hdr: Path | None) -> None:
    with telling(load.measured) as tell, ExitStack() as files:
        write, told_s = None, 0.0
        while True:
            try:
                await asyncio.sleep(TICK_S)
            finally:  # the last part of a second, too
                waits, now_s = load.measured.lately(), load.passed_s
                if load.began_ms:
                    if write is None and hdr is not None and hdr.suffix == ".hlog":
                        write = files.enter_context(interval_log(hdr, load.began_ms))
                    tell(waits)
                    if write is not None:
                        write(waits, told_s, now_s)
                    told_s = now_s


@contextmanager
def _ending_at_ctrl_c(load: Load, running: asyncio.Task[None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        if load.stop.is_set():
            running.cancel()
        load.stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, interrupted)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
