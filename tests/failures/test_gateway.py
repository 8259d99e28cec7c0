"""A gateway and a broker that die and come back, while browsers stay: nothing that counts is lost, and nothing comes twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from stream.contracts.ids import Customer
from tests.support.gateway import GatewayProcess, Page, Publisher, customer, lists_of, now_ms, page, publishing, token_of
from tests.support.offers import a_suggestion
from tests.support.servers import KafkaBroker, free_port, wait_until
from tests.support.topics import make_topics

BROWSERS, RATE = 200, 200  # suggestions a second
LISTS = ("accessories", "upgrades", "alternatives")
AGAIN_S = 0.5  # a browser that was refused comes back after this
PUBLISHED = 400  # between one thing that happens and the next
WITHIN_S = 60


class Engine:
    """Publishes to one customer after another, as long as it is asked to, and keeps what counts."""

    def __init__(self, publisher: Publisher, customers: list[Customer]) -> None:
        self.newest: dict[tuple[Customer, str], str] = {}
        self.published = 0
        self._publisher, self._customers, self._chance = publisher, customers, random.Random(1)
        self._told_to_stop = False

    async def run(self) -> None:
        while not self._told_to_stop:
            await self._one()
            await asyncio.sleep(1 / RATE)

    def stop(self) -> None:
        """End after the one that is under way: cancelled, it might be sent and not counted."""
        self._told_to_stop = True

    async def _one(self) -> None:
        who, lists = self._chance.choice(self._customers), self._chance.sample(LISTS, self._chance.randint(1, 2))
        item = f"item-{self.published}"
        await self._publisher.publish(a_suggestion(who, seq=self.published, created_ms=now_ms(), **{name: [item] for name in lists}))
        self.newest |= {(who, name): item for name in lists}
        self.published += 1

    async def has_published(self, more: int) -> None:
        """Return after this many more."""
        enough = self.published + more
        await asyncio.to_thread(wait_until, lambda: self.published >= enough, within_s=WITHIN_S, what=f"{more} more are published")


class Browser:
    """Stays connected: comes back where it stood, and keeps what it shows and how often it was told of each."""

    def __init__(self, who: Customer) -> None:
        self.who, self.token = who, token_of(who)
        self.shown: dict[str, str] = {}
        self.told: Counter[tuple[str, str]] = Counter()  # (list, item)
        self.connected = self.resets = 0

    @property
    def most_told(self) -> int:
        """How often it was told of what it was told of most often."""
        return max(self.told.values(), default=0)

    async def stay(self, http: aiohttp.ClientSession, url: str) -> None:
        last = None
        while True:
            with suppress(aiohttp.ClientError):  # away, or still reading what stood
                async with page(http, url, self.token, last) as stream:
                    self.connected += 1
                    try:
                        await self._read(stream)
                    finally:
                        last = stream.last
            await asyncio.sleep(AGAIN_S)

    async def _read(self, stream: Page) -> None:
        while (said := await stream.next(within_s=None)) is not None:
            if said.event == "reset":
                self.resets += 1
                continue
            for name, items in lists_of(said.data).items():
                self.shown[name] = items[0]
                self.told[name, items[0]] += 1


@asynccontextmanager
async def browsing(url: str, browsers: list[Browser]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        staying = [asyncio.create_task(browser.stay(http, url)) for browser in browsers]
        try:
            await until(lambda: all(browser.connected for browser in browsers), what="all are connected")
            yield
        finally:
            for task in staying:
                task.cancel()
            await asyncio.gather(*staying, return_exceptions=True)


@asynccontextmanager
async def engine_running(bootstrap: str, browsers: list[Browser]) -> AsyncIterator[Engine]:
    async with publishing(bootstrap) as publisher:
        engine = Engine(publisher, [browser.who for browser in browsers])
        running = asyncio.create_task(engine.run())
        try:
            yield engine
        finally:
            engine.stop()
            await running


def shows_what_counts(browsers: list[Browser], engine: Engine) -> bool:
    return all(browser.shown == {name: item for (who, name), item in engine.newest.items() if who == browser.who} for browser in browsers)


async def until(holds: Callable[[], bool], *, what: str) -> None:
    await asyncio.to_thread(wait_until, holds, within_s=WITHIN_S, what=what)


@pytest.fixture
def browsers() -> list[Browser]:
    return [Browser(customer(f"browser {number}")) for number in range(BROWSERS)]


@pytest.mark.parametrize("ended", [GatewayProcess.kill9, GatewayProcess.terminate], ids=["killed", "told to end"])
async def test_a_gateway_that_ends_and_comes_back_loses_nothing_and_repeats_nothing(
    kafka: str, redis_url: str, tmp_path: Path, browsers: list[Browser], ended: Callable[[GatewayProcess], None]
) -> None:
    await make_topics(kafka)
    with GatewayProcess(tmp_path / "gateway", kafka, redis_url, free_port()) as gateway:
        async with browsing(gateway.url, browsers):
            async with engine_running(kafka, browsers) as engine:
                await engine.has_published(PUBLISHED)
                # when it ends, and is started again while the engine goes on
                await asyncio.to_thread(ended, gateway)
                await engine.has_published(PUBLISHED)
                await asyncio.to_thread(gateway.start)
                await engine.has_published(PUBLISHED)
                await until(lambda: all(browser.connected == 2 for browser in browsers), what="all have come back")
                await engine.has_published(PUBLISHED)
            # then every browser ends up with the newest of every list
            await until(lambda: shows_what_counts(browsers, engine), what="all show what counts")
    # and none was told of any list twice, nor had to begin anew
    assert {browser.most_told for browser in browsers} == {1}
    assert {browser.resets for browser in browsers} == {0}


async def test_a_broker_that_is_killed_is_waited_for_while_the_streams_stay(
    kafka_broker: Callable[[], KafkaBroker], redis_url: str, tmp_path: Path, browsers: list[Browser]
) -> None:
    broker, few = kafka_broker(), browsers[:20]
    await make_topics(broker.bootstrap)
    with GatewayProcess(tmp_path / "gateway", broker.bootstrap, redis_url, free_port()) as gateway:
        async with browsing(gateway.url, few):
            async with engine_running(broker.bootstrap, few) as engine:
                await engine.has_published(PUBLISHED)
                await asyncio.to_thread(broker.restart)
                await engine.has_published(PUBLISHED)
            await until(lambda: shows_what_counts(few, engine), what="all show what counts")
            assert {browser.connected for browser in few} == {1}
        assert {browser.most_told for browser in few} == {1}
        # and it still ends in order
        await asyncio.to_thread(gateway.terminate)
        assert "Traceback" not in gateway.log.read_text()
