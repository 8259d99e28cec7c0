import aiohttp

from stream.ops.gateway import gateway_ops
from stream.settings import Settings
from tests.support.asking import Asking, an_event
from tests.support.gateway import customer, now_ms, page, publishing, token_of
from tests.support.offers import a_suggestion
from tests.support.operations import Operations

ANA = customer("ana")
OPS = "127.0.0.1:0"


async def test_a_gateways_metrics_count_streams_resumes_and_events(gate: Asking, settings: Settings, http: aiohttp.ClientSession):
    async with gateway_ops(OPS, gate.gateway) as url, publishing(settings.kafka_bootstrap_servers) as engine:
        assert url is not None
        ops = Operations(url)
        await ops.until_ready(200, "ok")
        # given a stream that is sent one suggestion
        async with page(http, gate.url, token_of(ANA)) as first:
            await engine.publish(a_suggestion(ANA, seq=1, created_ms=now_ms(), accessories=["tea"]))
            last, _ = await first.lists()
            assert (await ops.metrics())["tsuide_streams"] == {(): 1}
        # when it comes back with the last id, another one with an id that tells nothing
        async with page(http, gate.url, token_of(ANA), last), page(http, gate.url, token_of(ANA), "7:99") as lost:
            said = await lost.next()
            assert said is not None
            assert said.event == "reset"
        # and events come, one of them twice and one without what it needs
        token = await gate.token("ben")
        await gate.send([an_event("e1"), an_event("e1"), {"event": "view_item"}], by=token)
        # then a scrape says so
        found = await ops.metrics()
    assert found["tsuide_streams_opened_total"] == {(): 3}
    assert found["tsuide_stream_resumes_total"] == {("hit",): 1, ("miss",): 1}
    assert found["tsuide_gateway_events_total"] == {("accepted",): 1, ("repeated",): 1, ("opted_out",): 0, ("refused",): 1}
    assert found["tsuide_http_requests_total"][("POST", "/v1/events", "200")] == 1
    # of the requests it says what they took, and not how long somebody looked at a stream
    assert found["tsuide_http_request_duration_seconds_count"] == {
        ("POST", "/v1/token", "2xx"): 1,
        ("POST", "/v1/events", "2xx"): 1,
    }
    assert 0 < found["tsuide_http_request_duration_seconds_sum"][("POST", "/v1/events", "2xx")] < 10
    assert found["tsuide_failed_calls_total"] == {("broker",): 0, ("store",): 0}
    assert found["tsuide_stream_suggestions_total"][()] >= 1
    assert found["tsuide_board_suggestions"] == {(): 1}


async def test_browsers_find_no_metrics_at_the_gateways_own_address(gate: Asking):
    assert (await gate.ask("GET", "/metrics")).status == 404
    assert (await gate.ask("GET", "/health/ready")).status == 404
