"""Tracing of one process: off, and then it costs nothing and loads nothing, or on for as long as a block lasts."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from stream.engine.watching import Watch
from stream.tracing.export import open_exporter

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from stream.tracing.spans import Requests


@asynccontextmanager
async def tracing(service: str) -> AsyncIterator["Tracer | None"]:
    """Give what makes spans, or None where the OTEL_* variables ask for none; `service` names the process where they do not.

    Raises:
        PackageMissing, SettingsError: as `open_exporter`.
    """
    exporter = open_exporter(os.environ, service)
    try:
        yield exporter.tracer if exporter else None
    finally:
        if exporter:
            await asyncio.to_thread(exporter.close)


def of_chunks(tracer: "Tracer | None", *, unit: str, group: str) -> Watch | None:
    """Return what makes spans of finished chunks; without a tracer nobody needs to be told of any."""
    if tracer is None:
        return None
    from stream.tracing.spans import watching

    return watching(tracer, unit=unit, group=group)


def of_requests(tracer: "Tracer | None") -> "Requests | None":
    """Return what makes spans of requests, if anything does."""
    if tracer is None:
        return None
    from stream.tracing.spans import Requests

    return Requests(tracer)
