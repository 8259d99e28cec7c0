"""One trace from a browser's request through gateway, worker and trainer to the suggestion, and out to a collector of traces."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from features.store.redis import RedisStore
from stream.contracts.topics import CLICKSTREAM, SUGGESTIONS, TRAINING
from stream.engine.measures import CHUNK_STAGES
from tests.support.counting import header, read_topic, until_worked
from tests.support.gateway import GatewayProcess, customer, now_ms, page, token_of
from tests.support.otlp import Collector, collecting
from tests.support.servers import free_port
from tests.support.shop import Shop
from tests.support.workers import Crew, started

ANA = customer("ana")
TRACE, BROWSER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as collector:
        yield collector


def gateway_of(crew: Crew, tmp_path: Path, **settings: str) -> GatewayProcess:
    environ = crew.environ
    return GatewayProcess(
        tmp_path / "gateway",
        environ["KAFKA_BOOTSTRAP_SERVERS"],
        environ["REDIS_URL"],
        free_port(),
        TSUIDE_PREFIX=crew.prefix,
        **settings,
    )


async def post_a_view(url: str, item: str, **trace: str) -> None:
    event = {
        "event": "view_item",
        "event_id": f"view-of-{item}",
        "event_time_ms": now_ms(),
        "session_id": "s-1",
        "items": [{"item_id": item}],
    }
    headers = {"Authorization": f"Bearer {token_of(ANA)}"} | trace
    async with aiohttp.ClientSession() as http, http.post(f"{url}/v1/events", json=event, headers=headers) as answer:
        assert (answer.status, (await answer.json())["accepted"]) == (200, 1)


async def test_one_trace_leads_from_a_request_to_its_suggestion_and_to_what_was_learnt(
    shop: Shop, crew: Crew, store: RedisStore, collector: Collector, tmp_path: Path
):
    # given a gateway, a worker and a trainer that export their spans, and a page that waits for suggestions
    await started(crew.worker(**collector.settings))
    crew.trainer(**collector.settings).launch()
    with gateway_of(crew, tmp_path, **collector.settings) as gateway:
        async with aiohttp.ClientSession() as http, page(http, gateway.url, token_of(ANA)) as waiting:
            # when the page posts an event within a trace that its browser keeps
            await post_a_view(gateway.url, shop.items[0], traceparent=f"00-{TRACE}-{BROWSER}-01")
            offered = await waiting.next()
        await asyncio.to_thread(gateway.terminate)  # and what it has not exported yet leaves at its end
    # then the request's span is the browser's child, and what it wrote names it
    [request] = await collector.until(lambda spans: [one for one in spans if one.name == "POST /v1/events"], "the span of the request")
    assert (request.service, request.trace_id, request.parent_id) == ("tsuide-gateway", TRACE, BROWSER)
    assert request.attributes["http.response.status_code"] == 200
    named = f"00-{TRACE}-{request.span_id}-01"
    await until_worked(shop, store)
    for topic in (CLICKSTREAM, SUGGESTIONS):
        [record] = await read_topic(shop.bootstrap, topic)
        assert header(record.headers, "traceparent") == named, topic
    # and the page is told the same
    assert offered is not None
    assert offered.data["traceparent"] == named
    # and the worker's part of it is its child, with the stages, and a link to the whole chunk
    [work] = await collector.until(
        lambda spans: [one for one in spans if one.name == f"process {CLICKSTREAM}"], "the worker's span of the event"
    )
    assert (work.service, work.trace_id, work.parent_id, work.events) == ("tsuide-worker", TRACE, request.span_id, CHUNK_STAGES)
    assert work.attributes["messaging.kafka.offset"] == 0
    assert request.began_ns < work.began_ns < work.ended_ns
    [chunk] = await collector.until(lambda spans: [one for one in spans if one.name == "work chunk"], "the chunk")
    assert work.links == ((chunk.trace_id, chunk.span_id),)
    assert chunk.links == ((TRACE, request.span_id),)
    stages = [one for one in collector.spans if one.parent_id == chunk.span_id]
    assert [one.name for one in sorted(stages, key=lambda one: one.began_ns)] == list(CHUNK_STAGES)
    # and so is the trainer's
    [learnt, *_] = await collector.until(lambda spans: [one for one in spans if one.name == f"process {TRAINING}"], "the trainer's span")
    assert (learnt.service, learnt.trace_id, learnt.parent_id) == ("tsuide-trainer", TRACE, request.span_id)


async def test_a_trace_that_nobody_keeps_is_handed_on_and_makes_no_spans(
    shop: Shop, crew: Crew, store: RedisStore, collector: Collector, tmp_path: Path
):
    await started(crew.worker(**collector.settings))
    with gateway_of(crew, tmp_path, **collector.settings) as gateway:
        await post_a_view(gateway.url, shop.items[0], traceparent=f"00-{TRACE}-{BROWSER}-00")
        await until_worked(shop, store)
        [record] = await read_topic(shop.bootstrap, SUGGESTIONS)
        version, trace, _, flags = str(header(record.headers, "traceparent")).split("-")
        assert (version, trace, flags) == ("00", TRACE, "00")
        # when another one is kept, its spans come, and those of the first have not
        await post_a_view(gateway.url, shop.items[1])
        await collector.until(lambda spans: [one for one in spans if one.service == "tsuide-worker"], "a span of the worker")
    assert TRACE not in {one.trace_id for one in collector.spans}
