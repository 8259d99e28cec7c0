"""The address for operations: GET /metrics, /health/live and /health/ready, apart from whatever customers reach."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import msgspec
from aiohttp import hdrs, web
from prometheus_client.metrics_core import Metric

from stream.listening import listen
from stream.ops.health import Check, Finding, Verdict, verdict
from stream.ops.metrics.page import Exposition, Source, gauge
from stream.telling.logger import logger_of

logger = logger_of(__name__)


@asynccontextmanager
async def ops_server(address: str, *, sources: Iterable[Source], check: Check) -> AsyncIterator[str | None]:
    """Serve at host:port while the block runs, and give the url; an empty address serves nothing and gives None.

    It answers from the process's own event loop: that it answers at all is the sign of life.

    Raises:
        SettingsError: nobody can listen there.
    """
    if not address:
        yield None
        return
    runner = web.AppRunner(application(sources, check), access_log=None, shutdown_timeout=0.1)
    try:
        url = await listen(runner, address, setting="ops_listen")
        logger.info("metrics and health are served", url=url)
        yield url
    finally:
        await runner.cleanup()


def application(sources: Iterable[Source], check: Check) -> web.Application:
    """Return the three routes. A scrape asks what a probe asks, so that both say the same: at most a few seconds where a server is away."""
    ready = False

    def readiness() -> Iterator[Metric]:
        yield gauge("tsuide_ready", "1 while a probe is told that the process does what it is there for, 0 otherwise.", float(ready))

    exposition = Exposition([*sources, readiness])

    async def metrics(request: web.Request) -> web.Response:
        nonlocal ready
        ready = verdict(await _found(check)).status != "unready"
        body, content_type = exposition.answer(request.headers.get(hdrs.ACCEPT, ""))
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})

    async def live(request: web.Request) -> web.Response:
        return _answer(Verdict("ok"))

    async def probed(request: web.Request) -> web.Response:
        return _answer(verdict(await _found(check)))

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/health/live", live), web.get("/health/ready", probed)])
    return app


async def _found(check: Check) -> list[Finding]:
    """Ask, and count a fault of the asking as a finding: whoever looks at 3 a.m. is to be told."""
    try:
        return await check()
    except Exception as fault:
        logger.exception("health could not be told")
        return [Finding("unready", f"health could not be told: {type(fault).__name__}; the log says more")]


def _answer(said: Verdict) -> web.Response:
    status = HTTPStatus.SERVICE_UNAVAILABLE if said.status == "unready" else HTTPStatus.OK
    return web.Response(
        body=msgspec.json.encode(said), status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
