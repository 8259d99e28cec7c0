"""The gateway as a process, from settings to exit code."""

import asyncio
import gc
import signal
from collections.abc import Callable

from aiohttp import web

from stream.agents.watchdog import end_after
from stream.exits import INTERNAL, OK
from stream.gateway.app import Gateway
from stream.listening import listen
from stream.ops.gateway import gateway_ops
from stream.settings import Settings
from stream.telling.logger import logger_of
from stream.tracing.opening import of_requests, tracing

STREAMS_END_S = 2.0  # what a browser may take to read the last of its stream
log = logger_of(__name__)


async def run_gateway(settings: Settings, *, told: Callable[[str], None] = print, stop: asyncio.Event | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; returns the exit code. `told` is given the address once everything is read that stood.

    Raises:
        SettingsError: a secret is missing, or the address cannot be listened on.
        BrokerAway: Kafka does not answer at the start; later it is waited for.
        PackageMissing: traces are asked for, and what makes them is not installed.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with tracing("tsuide-gateway") as tracer:
        return await _serve(Gateway(settings, spans=of_requests(tracer)), settings, told, stop)


async def _serve(gateway: Gateway, settings: Settings, told: Callable[[str], None], stop: asyncio.Event) -> int:
    await gateway.start()
    gc.collect()
    gc.freeze()  # what is loaded stays: a full collection that walked it would keep every browser waiting
    runner = web.AppRunner(gateway.application(), access_log=None, shutdown_timeout=STREAMS_END_S)
    try:
        async with gateway_ops(settings.ops_listen, gateway):
            url = await listen(runner, settings.listen)
            return await _until_told(gateway, lambda: told(url), stop)
    finally:
        deadline = end_after(settings.shutdown_s)
        await runner.cleanup()
        await gateway.stop()
        deadline.cancel()


async def _until_told(gateway: Gateway, announce: Callable[[], None], stop: asyncio.Event) -> int:
    async def reading() -> None:
        await gateway.caught_up()
        announce()
        await gateway.ended()

    tasks = [asyncio.create_task(stop.wait(), name="told to stop"), asyncio.create_task(reading(), name="reading")]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    [_, fault] = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(fault, Exception):
        log.critical("process ends", exit_code=INTERNAL, reason="fault", exc_info=fault)
        return INTERNAL
    return OK
