"""Finished chunks as spans."""

import time

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from features.store.port import Fence
from stream.engine.record import Headers, Record
from stream.engine.watching import Finished, Stage, finished
from stream.tracing.context import Trace, header_of, trace_of
from stream.tracing.spans import watching

TRACE, CALLER = int("0af7651916cd43dd8448eb211c80319c", 16), int("b7ad6b7169203331", 16)
KEPT = header_of(Trace(TRACE, CALLER, is_sampled=True))
UNKEPT = header_of(Trace(TRACE, CALLER, is_sampled=False))


def a_record(offset: int, traceparent: str | None = None, *, partition: int = 0) -> Record:
    headers: Headers = (("traceparent", traceparent.encode()),) if traceparent else ()
    return Record("shop.cart.v1", partition, offset, 0, None, None, headers)


def spans_of(*records: Record, stages: tuple[Stage, ...]) -> dict[str, ReadableSpan]:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    watching(provider.get_tracer("test"), unit="chunk", group="g")(Finished(records, stages))
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_chunk_without_a_trace_that_is_kept_makes_no_span():
    stages = (Stage("decode", 1.0, 2.0),)
    assert spans_of(a_record(0), a_record(1, UNKEPT), a_record(2, "00-junk"), stages=stages) == {}


def test_a_kept_record_gets_a_span_in_its_own_trace_and_the_chunk_one_of_its_own():
    # given a chunk of three records, one of them in a trace that is kept, that began 2 s ago and took 1.5 s
    now_s, now_ns = time.perf_counter(), time.time_ns()
    stages = (Stage("decode", now_s - 2.0, now_s - 1.5), Stage("publish", now_s - 1.5, now_s - 0.5))
    found = spans_of(a_record(7), a_record(8, KEPT), a_record(9), stages=stages)
    assert set(found) == {"work chunk", "decode", "publish", "process shop.cart.v1"}
    chunk, record = found["work chunk"], found["process shop.cart.v1"]
    # then the record's is the caller's child, and each names the other
    assert record.parent is not None
    assert (record.context.trace_id, record.parent.span_id, record.parent.is_remote) == (TRACE, CALLER, True)
    assert [link.context.span_id for link in record.links] == [chunk.context.span_id]
    assert [(link.context.trace_id, link.context.span_id) for link in chunk.links] == [(TRACE, CALLER)]
    assert chunk.attributes is not None
    assert (chunk.parent, chunk.attributes["tsuide.records"]) == (None, 3)
    assert chunk.context.trace_id != TRACE
    # and it is told where the record stands, and of nobody
    assert record.attributes is not None
    assert dict(record.attributes) == {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": "shop.cart.v1",
        "messaging.destination.partition.id": "0",
        "messaging.kafka.offset": 8,
        "messaging.consumer.group.name": "g",
    }
    # and times are the wall's: the chunk ran from 2.0 s to 0.5 s ago, its first stage for half a second
    assert (chunk.start_time, chunk.end_time) == (record.start_time, record.end_time)
    assert chunk.start_time == pytest.approx(now_ns - 2.0e9, abs=1e8)
    assert chunk.end_time == pytest.approx(now_ns - 0.5e9, abs=1e8)
    decode = found["decode"]
    assert decode.parent is not None
    assert decode.parent.span_id == chunk.context.span_id
    assert decode.start_time is not None
    assert decode.end_time == pytest.approx(decode.start_time + 0.5e9, abs=1e3)


def test_only_what_counts_by_now_is_told_of():
    # given a chunk whose partition 0 was cut short before offset 9, and whose partition 1 somebody else has taken
    chunk = [a_record(7), a_record(8), a_record(9), a_record(3, partition=1)]
    done = finished(chunk, {0: Fence({"shop.cart.v1": 9}, 0)}, [Stage("work", 1.0, 2.0)])
    assert [(one.partition, one.offset) for one in done.records] == [(0, 7), (0, 8)]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        b"\xff" * 55,
        f"ff-{TRACE:032x}-{CALLER:016x}-01",
        f"00-{0:032x}-{CALLER:016x}-01",
        f"00-{TRACE:032x}-{0:016x}-01",
        f"00-{TRACE:032X}-{CALLER:016x}-01",
        f"00-{TRACE:032x}-{CALLER:016x}-01\n",
        f"00-{TRACE:032x}-{CALLER:016x}",
    ],
)
def test_what_is_no_trace_context_is_none(header: str | bytes | None):
    assert trace_of(header) is None


@pytest.mark.parametrize(("flags", "is_sampled"), [("00", False), ("01", True), ("03", True), ("02", False)])
def test_a_header_says_which_trace_and_whether_it_is_kept(flags: str, is_sampled: bool):
    found = trace_of(f"00-{TRACE:032x}-{CALLER:016x}-{flags}")
    assert found == Trace(TRACE, CALLER, is_sampled)
    assert trace_of(header_of(found)) == found
