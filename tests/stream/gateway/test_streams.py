import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

import aiohttp
import jwt
import pytest
from aiokafka import AIOKafkaProducer

from stream.contracts.ids import Customer
from stream.contracts.topics import CONSENT, SUGGESTIONS
from stream.transport.partitions import partition_of
from tests.support.gateway import (
    TOKEN_SECRET,
    Publisher,
    Running,
    customer,
    gateway_settings,
    lists_of,
    now_ms,
    open_gateway,
    page,
    publishing,
    token_of,
)
from tests.support.offers import a_suggestion
from tests.support.server import wait_until
from tests.support.topics import PARTITIONS, make_topics

ANA, BEN = customer("ana"), customer("ben")
BIG = 400  # items: 100 KB
WITHIN_S = 20
KEY = hashlib.sha256(TOKEN_SECRET.encode()).digest()  # what the gateway signs with


@pytest.fixture
async def topics(kafka: str) -> str:
    await make_topics(kafka)
    return kafka


@pytest.fixture
async def running(topics: str, redis_url: str) -> AsyncIterator[Running]:
    async with open_gateway(gateway_settings(topics, redis_url)) as running:
        yield running


@pytest.fixture
async def engine(topics: str) -> AsyncIterator[Publisher]:
    async with publishing(topics) as publisher:
        yield publisher


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def consent(kafka: str, who: Customer, choice: str) -> None:
    record = f'{{"event_id":"c-1","event_time_ms":{now_ms()},"choice":"{choice}","customer":"{who}"}}'
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(CONSENT, record.encode(), key=who.encode(), partition=partition_of(who, PARTITIONS))


async def refusal(http: aiohttp.ClientSession, url: str, token: str) -> tuple[int, str]:
    async with http.get(f"{url}/v1/suggestions", headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status, (await answer.json(content_type="application/problem+json"))["code"]


async def test_what_is_published_is_sent_to_its_customer_and_to_nobody_else(
    running: Running, engine: Publisher, http: aiohttp.ClientSession
) -> None:
    async with page(http, running.url, token_of(ANA)) as ana, page(http, running.url, token_of(BEN)) as ben:
        await engine.publish(
            a_suggestion(ANA, seq=1, created_ms=now_ms(), accessories=["tea"]),
            a_suggestion(BEN, seq=1, created_ms=now_ms(), accessories=["cup"]),
        )
        # then each is told of his own first, without the pseudonym, and an id to resume behind
        said = await ana.next()
        assert said is not None
        assert (said.event, lists_of(said.data)) == ("suggestion", {"accessories": ["tea"]})
        assert said.id == f"{partition_of(ANA, PARTITIONS)}:0"
        assert ANA not in str(said)
        assert (await ben.lists())[1] == {"accessories": ["cup"]}


async def test_a_new_page_is_sent_what_stands_and_a_resumed_one_what_it_missed(
    running: Running, engine: Publisher, http: aiohttp.ClientSession
) -> None:
    # given a page that has seen one list and lost its connection
    await engine.publish(a_suggestion(ANA, seq=1, created_ms=now_ms(), accessories=["tea"], upgrades=["pot"]))
    async with page(http, running.url, token_of(ANA)) as first:
        assert (await first.lists())[1] == {"accessories": ["tea"], "upgrades": ["pot"]}
    # when two more are published, one of which replaces another that nobody saw
    await engine.publish(
        a_suggestion(ANA, seq=2, created_ms=now_ms(), accessories=["cup"]),
        a_suggestion(ANA, seq=3, created_ms=now_ms(), accessories=["jug"]),
        a_suggestion(ANA, seq=4, created_ms=now_ms(), upgrades=[]),
    )
    await until_read(running, ANA, 4)
    # then resuming brings the newest of each, the clearing too; a new page is shown what is left
    async with page(http, running.url, token_of(ANA), first.last) as resumed:
        assert [(await resumed.lists())[1] for _ in range(2)] == [{"accessories": ["jug"]}, {"upgrades": []}]
    async with page(http, running.url, token_of(ANA)) as anew:
        assert (await anew.lists())[1] == {"accessories": ["jug"]}
    async with http.get(f"{running.url}/v1/suggestions/current", headers={"Authorization": f"Bearer {token_of(ANA)}"}) as answer:
        current = await answer.json()
    assert [lists_of(offer) for offer in current["offers"]] == [{"accessories": ["jug"]}]
    assert current["last_event_id"] == resumed.last


async def test_a_page_that_cannot_resume_is_told_to_begin_anew(running: Running, engine: Publisher, http: aiohttp.ClientSession) -> None:
    await engine.publish(a_suggestion(ANA, seq=1, created_ms=now_ms(), accessories=["tea"]))
    await until_read(running, ANA, 1)
    async with page(http, running.url, token_of(ANA), "what is this") as resumed:
        said = await resumed.next()
        assert said is not None
        # then the id that is no good is taken away, and the current lists follow
        assert (said.event, said.data, resumed.last) == ("reset", {}, None)
        assert (await resumed.lists())[1] == {"accessories": ["tea"]}


async def test_what_stood_before_the_gateway_started_is_there_unless_it_has_expired(
    topics: str, redis_url: str, engine: Publisher, http: aiohttp.ClientSession
) -> None:
    await engine.publish(
        a_suggestion(ANA, seq=1, created_ms=now_ms(), accessories=["tea"]),
        a_suggestion(ANA, seq=2, created_ms=now_ms() - 3_600_000, upgrades=["pot"]),
    )
    async with open_gateway(gateway_settings(topics, redis_url)) as running, page(http, running.url, token_of(ANA)) as first:
        assert (await first.lists())[1] == {"accessories": ["tea"]}
        await engine.publish(a_suggestion(ANA, seq=3, created_ms=now_ms(), bundle=["set"]))
        assert (await first.lists())[1] == {"bundle": ["set"]}


async def test_a_record_that_cannot_be_read_is_passed_over(
    topics: str, running: Running, engine: Publisher, http: aiohttp.ClientSession
) -> None:
    async with AIOKafkaProducer(bootstrap_servers=topics) as producer:
        for value in (b"\xff", b"{}", None):
            await producer.send_and_wait(SUGGESTIONS, value, key=b"k", partition=partition_of(ANA, PARTITIONS))
    async with page(http, running.url, token_of(ANA)) as ana:
        await engine.publish(a_suggestion(ANA, seq=1, created_ms=now_ms(), accessories=["tea"]))
        assert (await ana.lists())[1] == {"accessories": ["tea"]}


async def test_a_stream_ends_with_the_token_and_says_so(running: Running, http: aiohttp.ClientSession) -> None:
    async with page(http, running.url, token_of(ANA, life_s=1)) as ana:
        said = await ana.next()
        assert said is not None
        assert said.event == "reauth"
        assert await ana.next() is None
    assert len(running.gateway.subscribers) == 0


@pytest.mark.parametrize("choice", ["opt_out", "forget"])
async def test_a_customers_will_ends_his_streams_at_once_and_takes_back_what_stood(
    choice: str, topics: str, running: Running, engine: Publisher, http: aiohttp.ClientSession
) -> None:
    # given a suggestion on a page
    token, before_ms = token_of(ANA), now_ms()
    async with page(http, running.url, token) as ana:
        await engine.publish(a_suggestion(ANA, seq=1, created_ms=before_ms, accessories=["tea"]))
        await ana.lists()
        # when another gateway, or the backend, writes the customer's will into the log
        await consent(topics, ANA, choice)
        said = await ana.next()
        assert said is not None
        assert said.event == "opted_out"
        assert await ana.next() is None
    # then the token is void, and what was caused before does not come back, also under a new token
    assert await refusal(http, running.url, token) == (HTTPStatus.UNAUTHORIZED, "token_void")
    await engine.publish(a_suggestion(ANA, seq=2, created_ms=before_ms, accessories=["cup"]))
    await engine.publish(a_suggestion(ANA, seq=3, created_ms=now_ms() + 1, upgrades=["pot"]))
    async with page(http, running.url, token_of(ANA)) as anew:
        assert (await anew.lists())[1] == {"upgrades": ["pot"]}


async def test_an_opt_out_over_http_ends_the_customers_streams_before_it_is_answered(running: Running, http: aiohttp.ClientSession) -> None:
    async with page(http, running.url, token_of(ANA)) as one, page(http, running.url, token_of(ANA)) as two:
        headers = {"Authorization": f"Bearer {token_of(ANA)}"}
        async with http.post(f"{running.url}/v1/consent", json={"choice": "opt_out"}, headers=headers) as answer:
            assert answer.status == HTTPStatus.OK
        for stream in (one, two):
            said = await stream.next()
            assert said is not None
            assert said.event == "opted_out"


async def test_who_shows_no_good_token_is_refused(running: Running, http: aiohttp.ClientSession) -> None:
    foreign = token_of(ANA, secret="what somebody else signs with, long enough")
    expired = token_of(ANA, now_s=0)
    elsewhere = jwt.encode(jwt.decode(token_of(ANA), options={"verify_signature": False}) | {"aud": "elsewhere"}, KEY, "HS256")
    assert await refusal(http, running.url, elsewhere) == (HTTPStatus.UNAUTHORIZED, "token_invalid")
    assert await refusal(http, running.url, foreign) == (HTTPStatus.UNAUTHORIZED, "token_invalid")
    assert await refusal(http, running.url, expired) == (HTTPStatus.UNAUTHORIZED, "token_expired")
    assert await refusal(http, running.url, "") == (HTTPStatus.UNAUTHORIZED, "token_missing")


async def test_a_client_that_reads_nothing_costs_nobody_else_anything(
    running: Running, engine: Publisher, http: aiohttp.ClientSession
) -> None:
    # given one page that reads, and one of the same customer whose socket nobody reads
    host, _, port = running.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        stalled.sendall(f"GET /v1/suggestions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(ANA)}\r\n\r\n".encode())
        async with page(http, running.url, token_of(ANA)) as ana:
            await until(lambda: len(running.gateway.subscribers) == 2, what="both are connected")
            # when much more comes than fits into the sockets, then the one that reads has each at once
            for seq in range(60):
                await engine.publish(a_suggestion(ANA, seq=seq, created_ms=now_ms(), accessories=[f"{seq}-{n}" for n in range(BIG)]))
                assert (await ana.lists())[1]["accessories"][0] == f"{seq}-0"


async def until_read(running: Running, who: Customer, records: int) -> None:
    """Wait until the board has read this many records of the customer's partition."""
    last = f"{partition_of(who, PARTITIONS)}:{records - 1}"
    await until(lambda: running.gateway.board.since(who, last, now_ms()) is not None, what=f"{last} is read")


async def until(holds: Callable[[], bool], *, what: str) -> None:
    await asyncio.to_thread(wait_until, holds, within_s=WITHIN_S, what=what)
