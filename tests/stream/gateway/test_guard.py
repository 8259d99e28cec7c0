import asyncio
import json
import logging
from typing import Any

import aiohttp
import pytest

from stream.gateway.allowance import Allowance
from stream.settings import Settings
from tests.support.asking import Asking, an_event
from tests.support.gateway import SHOP_KEY, customer, gateway_settings, open_gateway, token_of

ANA = customer("ana@example.com")
SHOP_PAGE, FOREIGN_PAGE = "https://shop.example", "https://elsewhere.example"
PREFLIGHT = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization"}
API = [
    ("GET", "/v1/suggestions"),
    ("GET", "/v1/suggestions/current"),
    ("POST", "/v1/events"),
    ("POST", "/v1/token"),
    ("POST", "/v1/consent"),
]


@pytest.mark.parametrize(("method", "path"), API)
async def test_a_foreign_page_is_refused_before_anything_happens(gate: Asking, method: str, path: str):
    # when a page of elsewhere asks for leave, and when it asks outright, with a good token and as a simple request
    leave = await gate.ask("OPTIONS", path, Origin=FOREIGN_PAGE, **PREFLIGHT)
    body = json.dumps([an_event("f")]) if method == "POST" else None
    answers = [leave, await gate.ask(method, path, body, by=token_of(ANA), kind="text/plain", Origin=FOREIGN_PAGE)]
    # then both are refused, in an answer that it may not read, and nothing was written
    for answer in answers:
        assert (answer.status, answer.said["code"]) == (403, "foreign_origin")
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert await gate.records_of(ANA) == []


@pytest.mark.parametrize(
    "origin", ["null", "http://shop.example", "https://shop.example.evil.example", "https://shop.example:444", "http://[", ""]
)
async def test_what_only_looks_like_the_shop_is_foreign(gate: Asking, origin: str):
    assert (await gate.ask("GET", "/v1/suggestions/current", by=token_of(ANA), Origin=origin)).said["code"] == "foreign_origin"


@pytest.mark.parametrize(("method", "path"), API)
async def test_the_shops_pages_have_leave_to_ask(gate: Asking, method: str, path: str):
    answer = await gate.ask("OPTIONS", path, Origin=SHOP_PAGE, **PREFLIGHT)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP_PAGE
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"Authorization", "Content-Type", "Last-Event-ID"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert (answer.headers["Access-Control-Max-Age"], answer.headers["Vary"]) == ("7200", "Origin")


async def test_the_gateways_own_pages_may_ask_and_a_name_bent_to_its_address_may_not(gate: Asking):
    port = gate.url.rpartition(":")[2]
    for host, status in (("127.0.0.1", 200), ("localhost", 200), ("evil.example", 403)):
        own = f"{host}:{port}"
        answer = await gate.ask("GET", "/v1/suggestions/current", by=token_of(ANA), Host=own, Origin=f"http://{own}")
        assert answer.status == status


async def test_a_page_of_the_shop_may_read_its_refusal(gate: Asking):
    answer = await gate.ask("GET", "/v1/suggestions/current", Origin=SHOP_PAGE)
    assert (answer.status, answer.said["code"], answer.headers["Access-Control-Allow-Origin"]) == (401, "token_missing", SHOP_PAGE)
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


REFUSALS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/nowhere", {}, 404, "not_found"),
    ("GET", "/v1/token", {}, 405, "method"),
    ("DELETE", "/v1/events", {}, 405, "method"),
    ("HEAD", "/v1/suggestions", {}, 405, ""),
    ("POST", "/v1/events", {"body": b"a=b", "kind": "application/x-www-form-urlencoded"}, 415, "media_type"),
    ("POST", "/v1/token", {"body": b"{}", "kind": "text/plain", "by": SHOP_KEY}, 415, "media_type"),
    ("POST", "/v1/events", {"body": b" " * 1_048_577}, 413, "too_large"),
    ("POST", "/v1/events", {"body": b"not gzip", "Content_Encoding": "gzip"}, 400, "body_broken"),
    ("POST", "/v1/events", {"body": b"{"}, 400, "not_json"),
    ("POST", "/v1/events", {"body": [], "by": "x.y.z"}, 401, "token_invalid"),
    ("POST", "/v1/token", {"body": {}, "by": SHOP_KEY}, 400, "no_customer"),
    ("POST", "/v1/token", {"body": {"user_id": 7}, "by": SHOP_KEY}, 400, "invalid"),
    ("POST", "/v1/token", {"body": {}, "by": "not the key"}, 401, "key_invalid"),
    ("POST", "/v1/token", {"body": {}}, 401, "key_missing"),
]


@pytest.mark.parametrize(("method", "path", "what", "status", "code"), REFUSALS, ids=lambda value: str(value)[:20])
async def test_every_refusal_is_a_problem_with_a_code(gate: Asking, method: str, path: str, what: dict[str, Any], status: int, code: str):
    answer = await gate.ask(method, path, **what)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert ("Allow" in answer.headers, "WWW-Authenticate" in answer.headers) == (status == 405, status == 401)
    if method != "HEAD":
        assert (answer.said["status"], answer.said["code"]) == (status, code)
        assert answer.said["detail"].endswith(".")


async def test_a_body_in_chunks_is_limited_too(gate: Asking, http: aiohttp.ClientSession):
    async def endless() -> Any:
        while True:
            yield b" " * 65_536

    head = {"Content-Type": "application/json"}
    try:
        async with http.post(f"{gate.url}/v1/events", data=endless(), headers=head) as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (413, "too_large")
    except aiohttp.ClientConnectionError:
        pass  # hung up on before it had listened
    assert (await gate.ask("GET", "/health")).status == 200


async def test_answers_are_kept_by_nobody_and_load_nothing(gate: Asking):
    answer = await gate.ask("GET", "/v1/suggestions/current", by=token_of(ANA))
    assert {name: answer.headers[name] for name in ("Cache-Control", "X-Content-Type-Options", "Referrer-Policy")} == {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_a_stream_carries_the_same_headers(gate: Asking, http: aiohttp.ClientSession):
    head = {"Authorization": f"Bearer {token_of(ANA)}", "Origin": SHOP_PAGE}
    async with http.get(f"{gate.url}/v1/suggestions", headers=head) as answer:
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"], answer.headers["Vary"]) == (200, SHOP_PAGE, "Origin")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_a_path_is_for_can_be_asked(gate: Asking):
    answer = await gate.ask("OPTIONS", "/v1/suggestions/current")
    assert (answer.status, answer.headers["Allow"]) == (204, "GET")
    assert (await gate.ask("HEAD", "/openapi.json")).status == 200
    assert (await gate.ask("OPTIONS", "/nowhere", Origin=SHOP_PAGE, **PREFLIGHT)).status == 404


async def test_who_asks_too_often_is_told_how_long_to_wait(settings: Settings, http: aiohttp.ClientSession):
    # given a gateway that lets a customer ask five times a minute
    few = gateway_settings(settings.kafka_bootstrap_servers, settings.redis_url, prefix=settings.prefix, requests_per_minute=5)
    async with open_gateway(few) as running:
        gate, ana = Asking(running, http, settings.kafka_bootstrap_servers), token_of(ANA)
        # when Ana asks eight times, with two tokens
        answers = [await gate.send([], by=by) for by in (ana, token_of(ANA)) * 4]
        # then three are refused with the seconds to wait
        assert [answer.status for answer in answers] == [200] * 5 + [429] * 3
        assert {answer.said["code"] for answer in answers[5:]} == {"too_many_requests"}
        assert all(1 <= int(answer.headers["Retry-After"]) <= 120 for answer in answers[5:])
        # and neither another customer nor the shop's backend is held up by that
        assert (await gate.send([], by=token_of(customer("ben")))).status == 200
        assert {(await gate.send([], by=SHOP_KEY)).status for _ in range(20)} == {200}


async def test_guesses_are_slowed_and_good_tokens_of_the_same_address_are_not(gate: Asking):
    statuses = [(await gate.ask("GET", "/v1/suggestions/current", by=f"guess {number}")).status for number in range(70)]
    assert statuses == [401] * 60 + [429] * 10
    assert (await gate.ask("GET", "/v1/suggestions/current", by=token_of(ANA))).status == 200


async def test_the_log_tells_the_route_and_nothing_about_who_asked(gate: Asking, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    # when somebody asks, well and badly, with ids everywhere
    token = token_of(ANA)
    await gate.ask("GET", f"/v1/suggestions/current?user=ana@example.com&t={token}", by=token)
    await gate.ask("POST", f"/v1/nowhere/{ANA}", {"user_id": "ana@example.com"}, by=SHOP_KEY, X_User="ana@example.com")
    await gate.ask("PURGE", "/health")
    # and somebody sends what is not HTTP, with an id in it
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.url.rpartition(":")[2]))
    writer.write(b"ANA /ana@example.com HTTP/1.1\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()
    # then the log has one line a request
    lines: list[Any] = [record.msg for record in caplog.records if record.name == "stream.gateway.access"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/v1/suggestions/current", 200),
        ("POST", "-", 404),
        ("other", "-", 405),
    ]
    assert {tuple(line) for line in lines} == {("method", "route", "status", "duration_ms", "event")}
    # and nowhere stands who it was, or what he showed
    for named in ("ana@example.com", ANA, token, SHOP_KEY, "127.0.0.1"):
        assert named not in "\n".join(line for line in caplog.text.splitlines() if " stream." in line or " aiohttp" in line)


def test_a_minute_slides():
    # given two requests a minute, both made at the end of a minute of the clock
    allowance = Allowance(2)
    assert [allowance.wait_s("ana", now_s) for now_s in (59, 59, 59)] == [0, 0, 31]
    # then at 60 s both of the last window still count whole; half a minute on one does, and a third request is granted
    assert (allowance.wait_s("ana", 60), allowance.wait_s("ana", 90)) == (30, 0)
    # and a minute of silence makes all well
    assert [allowance.wait_s("ana", 240) for _ in range(3)] == [0, 0, 90]


def test_an_allowance_remembers_only_the_newest():
    allowance = Allowance(1, most_known=2)
    assert [allowance.wait_s(name, 0) for name in ("ana", "ben", "ana", "cleo")] == [0, 0, 120, 0]
    assert allowance.wait_s("ben", 0) == 0
