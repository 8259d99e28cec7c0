"""The address for operations: GET /metrics, /health/live and /health/ready, apart from whatever customers reach."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus

import msgspec
from aiohttp import hdrs, web

from stream.listening import listen
from stream.ops.health import Check, Finding, Verdict, verdict
from stream.ops.metrics import Exposition, Source
from stream.telling import logger_of

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
    runner = web.AppRunner(application(Exposition(sources), check), access_log=None, shutdown_timeout=0.1)
    try:
        url = await listen(runner, address, setting="ops_listen")
        logger.info("metrics and health are served", url=url)
        yield url
    finally:
        await runner.cleanup()


def application(exposition: Exposition, check: Check) -> web.Application:
    """Return the three routes."""

    async def metrics(request: web.Request) -> web.Response:
        body, content_type = exposition.answer(request.headers.get(hdrs.ACCEPT, ""))
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})

    async def live(request: web.Request) -> web.Response:
        return _answer(Verdict("ok"))

    async def ready(request: web.Request) -> web.Response:
        return _answer(verdict(await _found(check)))

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/health/live", live), web.get("/health/ready", ready)])
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
