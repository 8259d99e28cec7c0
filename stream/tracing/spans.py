"""Spans out of plain facts: what was worked, when, and which traces it belongs to."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import trace as otel
from opentelemetry.context import Context

from stream.engine.record import Record
from stream.engine.watching import Finished, Watch
from stream.tracing.context import HEADER, Trace, header_of, trace_of

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer


def watching(tracer: "Tracer", *, unit: str, group: str) -> Watch:
    """Return what makes spans of finished chunks: `unit` is what one is called, `group` who reads.

    A chunk becomes spans only where one of its records is in a trace that is kept: whoever began that trace has decided how many there
    are. The chunk, with a child for each stage, is a trace of its own that links to the records' traces; each such record has a span in
    its own trace, with the stages as events and a link back. About 60 microseconds a traced record, 150 a chunk, and where nothing is
    traced 0.2 a record.
    """

    def tell(done: Finished) -> None:
        traced = [(record, found) for record in done.records if (found := trace_of(record.header(HEADER))) and found.is_sampled]
        if not traced:
            return
        # Stages are told by the clock that never jumps, and spans by the wall's.
        shift_ns = time.time_ns() - time.perf_counter_ns()
        times = [(stage.name, int(stage.began_s * 1e9) + shift_ns, int(stage.ended_s * 1e9) + shift_ns) for stage in done.stages]
        began_ns, ended_ns = times[0][1], times[-1][2]
        links = [otel.Link(_remote(found)) for _, found in traced]
        chunk = tracer.start_span(
            f"work {unit}", context=Context(), links=links, attributes={"tsuide.records": len(done.records)}, start_time=began_ns
        )
        for name, stage_began_ns, stage_ended_ns in times:
            tracer.start_span(name, context=otel.set_span_in_context(chunk, Context()), start_time=stage_began_ns).end(stage_ended_ns)
        for record, found in traced:
            span = tracer.start_span(
                f"process {record.topic}",
                context=_within(found),
                kind=otel.SpanKind.CONSUMER,
                links=[otel.Link(chunk.get_span_context())],
                attributes=_address(record, group),
                start_time=began_ns,
            )
            for name, stage_began_ns, stage_ended_ns in times:
                span.add_event(name, {"tsuide.duration_ms": (stage_ended_ns - stage_began_ns) / 1e6}, timestamp=stage_began_ns)
            span.end(ended_ns)
        chunk.end(ended_ns)

    return tell


class Requests:
    """Makes a span of a request, within the trace that its `traceparent` names, else as the first of a new one."""

    def __init__(self, tracer: "Tracer") -> None:
        self._tracer = tracer

    @contextmanager
    def span(self, traceparent: str | None, method: str, route: str) -> Iterator["RequestSpan"]:
        """Give the span, which ends with the block."""
        caller = trace_of(traceparent)
        span = self._tracer.start_span(
            f"{method} {route}",
            context=_within(caller) if caller else Context(),
            kind=otel.SpanKind.SERVER,
            attributes={"http.request.method": method, "http.route": route},
        )
        try:
            yield RequestSpan(span)
        finally:
            span.end()


class RequestSpan:
    """What the gateway may say of a request while it lasts."""

    def __init__(self, span: "Span") -> None:
        self._span = span

    @property
    def traceparent(self) -> str:
        """What the records that this request causes are to carry."""
        here = self._span.get_span_context()
        return header_of(Trace(here.trace_id, here.span_id, here.trace_flags.sampled))

    def answered(self, status: int) -> None:
        """Say how it was answered."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(otel.StatusCode.ERROR)


def _within(parent: Trace) -> Context:
    return otel.set_span_in_context(otel.NonRecordingSpan(_remote(parent)), Context())


def _remote(found: Trace) -> "otel.SpanContext":
    return otel.SpanContext(found.trace_id, found.span_id, is_remote=True, trace_flags=otel.TraceFlags(int(found.is_sampled)))


def _address(record: Record, group: str) -> Mapping[str, Any]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": record.topic,
        "messaging.destination.partition.id": str(record.partition),
        "messaging.kafka.offset": record.offset,
        "messaging.consumer.group.name": group,
    }
