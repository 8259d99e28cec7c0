"""A collector of traces: takes what OpenTelemetry exports over HTTP, and keeps it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from msgspec import Struct
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse

WITHIN_S, LOOK_AGAIN_S = 30.0, 0.05


class Seen(Struct, frozen=True):
    """One span as it arrived; ids in hex, times in ns since 1970."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    began_ns: int
    ended_ns: int
    attributes: dict[str, Any]
    events: tuple[str, ...]
    links: tuple[tuple[str, str], ...]  # (trace, span)


class Collector:
    """Every span that has arrived."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Seen] = []

    @property
    def settings(self) -> dict[str, str]:
        """The variables of a process that is to export here, soon after a span has ended."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}

    async def until(self, found: Callable[[Sequence[Seen]], Any], what: str) -> Any:
        """Return what `found` finds in the spans as soon as it is something. Raises TimeoutError naming `what`."""
        deadline = time.monotonic() + WITHIN_S
        while not (answer := found(self.spans)):
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"not within {WITHIN_S:g} s: {what}; there are {sorted({(one.service, one.name) for one in self.spans})}"
                )
            await asyncio.sleep(LOOK_AGAIN_S)
        return answer

    async def _take(self, request: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        for resource in sent.resource_spans:
            service = _values(resource.resource.attributes)["service.name"]
            self.spans += [_seen(service, span) for scope in resource.scope_spans for span in scope.spans]
        return web.Response(body=ExportTraceServiceResponse().SerializeToString(), content_type="application/x-protobuf")


def _seen(service: str, span: Any) -> Seen:
    return Seen(
        service,
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _values(span.attributes),
        tuple(event.name for event in span.events),
        tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Collect at a free port of this machine while the block runs."""
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    collector = Collector("")
    app.router.add_post("/v1/traces", collector._take)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield collector
    finally:
        await runner.cleanup()
