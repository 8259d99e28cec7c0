"""A gateway in a test's own loop, or as a process of its own, and pages that read its streams."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import web
from aiokafka import AIOKafkaProducer
from msgspec import Struct

from stream.contracts.ids import Customer
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import SUGGESTIONS
from stream.engine.who import pseudonym
from stream.gateway.app import Gateway
from stream.gateway.tokens import Tokens
from stream.listening import listen
from stream.secret import Secret
from stream.settings import Settings
from stream.transport.partitions import partition_of
from tests.support.server import Server
from tests.support.topics import PARTITIONS
from tests.support.workers import SECRET, python

TOKEN_SECRET, SHOP_KEY = "what the tests' tokens are signed with", "the key of the tests' shop"
TOKEN_S = 900
WITHIN_S = 20


def gateway_settings(kafka: str, redis_url: str, **settings: Any) -> Settings:
    """Return settings of a gateway at a free port."""
    return Settings(
        **{
            "kafka_bootstrap_servers": kafka,
            "redis_url": redis_url,
            "partitions": PARTITIONS,
            "pseudonym_secret": Secret(SECRET),
            "token_secret": Secret(TOKEN_SECRET),
            "shop_key": Secret(SHOP_KEY),
            "token_s": TOKEN_S,
            "listen": "127.0.0.1:0",
            "fetch_wait_ms": 50,
        }
        | settings
    )


def customer(name: str) -> Customer:
    """Return the pseudonym of a raw id."""
    return pseudonym(name, "k1", SECRET.encode())


def token_of(who: Customer, *, secret: str = TOKEN_SECRET, life_s: int = TOKEN_S, now_s: float | None = None) -> str:
    """Return a token as a gateway of the tests issues it."""
    return Tokens(secret.encode(), life_s).issue(who, now_s=time.time() if now_s is None else now_s)[0]


class Running(Struct):
    """A gateway that serves."""

    gateway: Gateway
    url: str


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Running]:
    """Serve with everything read that stands."""
    gateway = Gateway(settings)
    await gateway.start()
    runner = web.AppRunner(gateway.application(), access_log=None, shutdown_timeout=2)
    try:
        url = await listen(runner, settings.listen)
        async with asyncio.timeout(WITHIN_S):
            await gateway.caught_up()
        yield Running(gateway, url)
    finally:
        await runner.cleanup()
        await gateway.stop()


class GatewayProcess(Server):
    """`tsuide gateway` on a port that stays the same; it answers once it has said its address."""

    def __init__(self, folder: Path, kafka: str, redis_url: str, port: int, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        environ = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "REDIS_URL": redis_url,
            "TSUIDE_PARTITIONS": str(PARTITIONS),
            "TSUIDE_PSEUDONYM_SECRET": SECRET,
            "TSUIDE_TOKEN_SECRET": TOKEN_SECRET,
            "TSUIDE_SHOP_KEY": SHOP_KEY,
            "TSUIDE_LISTEN": f"127.0.0.1:{port}",
            "TSUIDE_FETCH_WAIT_MS": "50",
        }
        self._said_before = 0
        super().__init__(folder, python(environ | settings, "stream.cli", "gateway"))

    def launch(self) -> "GatewayProcess":
        """Start it and return at once."""
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        super().launch()
        return self

    def answers(self) -> bool:
        """Return whether it has said its address since it was started last."""
        return self.url in self.log.read_text(errors="replace")[self._said_before :]


class Publisher:
    """The engine's part: puts suggestions where their customers live."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def publish(self, *suggestions: Suggestion) -> None:
        """Send them in this order and wait for the broker."""
        sent = [
            await self._producer.send(
                SUGGESTIONS,
                msgspec.json.encode(one),
                key=one.customer.encode(),
                partition=partition_of(one.customer, PARTITIONS),
            )
            for one in suggestions
        ]
        await asyncio.gather(*sent)


@asynccontextmanager
async def publishing(kafka: str) -> AsyncIterator[Publisher]:
    """Connect a publisher, and send what is left at the end."""
    async with AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True, linger_ms=1) as producer:
        yield Publisher(producer)


class Said(Struct, frozen=True):
    """One event of a stream."""

    event: str
    id: str | None
    data: Any


class Page:
    """Reads one stream as a browser does; `last` is where it would resume."""

    def __init__(self, answer: aiohttp.ClientResponse, last: str | None = None) -> None:
        self.last = last
        self._answer = answer

    async def next(self, *, within_s: float | None = WITHIN_S) -> Said | None:
        """Return the next event, or None at the stream's end; comments are passed over. Raises TimeoutError."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(within_s):
            while line := (await self._answer.content.readline()).decode():
                name, _, value = line.rstrip("\r\n").partition(": ")
                if line.strip() and name:
                    fields[name] = value
                elif "data" in fields:
                    if "id" in fields:
                        self.last = fields["id"] or None
                    return Said(fields.get("event", "message"), fields.get("id"), json.loads(fields["data"]))
                else:
                    fields = {}
        return None

    async def lists(self) -> tuple[str | None, dict[str, list[str]]]:
        """Return the next event, which must be a suggestion, as its id and list -> item ids."""
        said = await self.next()
        assert said is not None
        assert said.event == "suggestion"
        return said.id, lists_of(said.data)


def lists_of(offer: dict[str, Any]) -> dict[str, list[str]]:
    """Return list -> item ids of an offer."""
    return {one["item_list_id"]: [item["item_id"] for item in one["items"]] for one in offer["lists"]}


@asynccontextmanager
async def page(http: aiohttp.ClientSession, url: str, token: str, last: str | None = None) -> AsyncIterator[Page]:
    """Open a stream, resuming behind `last` where one is given. Raises ClientError where it is refused."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
    async with http.get(f"{url}/v1/suggestions", headers=headers, timeout=aiohttp.ClientTimeout(total=None)) as answer:
        answer.raise_for_status()
        yield Page(answer, last)


def now_ms() -> int:
    """Return milliseconds since 1970."""
    return time.time_ns() // 1_000_000
