"""The demo from start to end: servers, warming up, live, the figures."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from features.store.port import Commit, Fence, Store
from features.store.redis import open_store
from stream.catalog.publish import publish
from stream.connection.clients import producer_of
from stream.contracts.events import Event
from stream.contracts.topics import INPUTS
from stream.demo.browser import open_page
from stream.demo.figures import Course, Figures, figures_of
from stream.demo.front.api import Status
from stream.demo.front.shop_front import ShopFront
from stream.demo.observe import Observer
from stream.demo.place import Place
from stream.demo.score import Score
from stream.demo.screen import Moment, Screen
from stream.demo.shop import Shop, event_of, moved, open_shop, played
from stream.demo.shops import SHIPPED_SHOP
from stream.demo.traffic import Progress, Traffic
from stream.ending import cancelled
from stream.engine.record import TopicPartition
from stream.engine.who import pseudonymiser

WARM_UP_S = 15.0  # at most: people wait for it
PAST_MS = 60 * 60 * 1000  # how old the records of the past say they are: older than any suggestion lives
WARM_IN_FLIGHT = 400  # records: far below what the mock cluster keeps
IN_FLIGHT_S = 0.03  # live, no more are on the way than arrive in this time: the others would only wait in a queue
FEWEST_IN_FLIGHT = 2
CATCH_UP_S = 0.1  # of a pause that much is made up for, no more: a burst would only queue
FRAME_S = 0.125
SAMPLE_S = 0.5


class Options(Struct, frozen=True):
    """What the user wants: `speed` in events a second (None: the shop's own), `seconds` of the live part (None: until stopped).

    `history`: events before it. `browser`: the shop's pages are to be opened. `folder`: where the shop lies.
    """

    speed: float | None = None
    seconds: float | None = None
    history: int = 6_000
    browser: bool = False
    folder: Path = SHIPPED_SHOP


class Demo:
    """One run."""

    def __init__(self, options: Options, place: Place, screen: Screen) -> None:
        self._options, self._place, self._screen = options, place, screen
        self._score = Score()
        self._course = Course.empty()
        self._clock_ms = 0
        self._stage_text = ""
        self._address = ""
        self._live_since_s: float | None = None

    @property
    def live(self) -> bool:
        """Whether the live part has begun."""
        return self._live_since_s is not None

    async def run(self) -> None:
        """Run until the time is up, the log is at its end, or the task is cancelled.

        Raises:
            ChildEnded, NotWarm: a process is gone, or hangs.
            BrokerAway, TopicsDiffer, StoreAway: of servers that the environment names.
            SettingsError: the port of the pages cannot be had.
        """
        place, stage = self._place, self._stage
        stage("reading the shop's log")
        self._pseudonymise = pseudonymiser("k1", place.secret.encode())
        shop = open_shop(self._options.folder, self._pseudonymise, history=self._options.history)
        stage(f"turning to {place.where}" if place.elsewhere else "starting Redis and a broker")
        await place.find_servers()
        settings = place.settings
        store = open_store(settings.redis, prefix=settings.prefix)
        producer = producer_of(settings.kafka, linger_ms=0)
        self._observer = Observer(settings.kafka, self._score)
        self._front = ShopFront(place.gateway_settings, shop, self._status)
        try:
            await producer.start()
            await self._observer.start()
            starts = await self._observer.ends(INPUTS)
            await begin_at(store, starts)
            await self._open_front()
            if any(starts.values()):
                stage("the topics hold records already: what they taught counts in the figures")
            await publish(settings.kafka, shop.catalog)
            stage("starting worker and trainer")
            place.start_processes()
            self._traffic = Traffic(producer, Progress(store, {at.partition for at in starts}), settings.partitions, place.check)
            await self._warm_up(shop.history)
            await self._live(shop)
        finally:
            await self._front.stop()
            await self._observer.stop()
            await producer.stop()
            await store.aclose()

    async def _open_front(self) -> None:
        """Open the pages as soon as what visitors do is not lost: until suggestions come they say what is being started."""
        self._address = await self._front.start()
        self._screen.opened(self._address)
        if self._options.browser:
            open_page(self._address)

    def _stage(self, text: str, *, done: int = 0, total: int = 0) -> None:
        self._stage_text = text
        self._screen.stage(text, done=done, total=total)

    def _status(self) -> Status:
        return Status(live=self.live, stage="playing the log" if self.live else self._stage_text)

    async def _warm_up(self, history: list[Event]) -> None:
        """Send what is past under a time at which no suggestion lives any more: it is learnt from and not answered."""
        past_ms = time.time_ns() // 1_000_000 - PAST_MS
        began_s: float | None = None
        for done, event in enumerate(moved(history, past_ms)):
            if began_s is None and self._traffic.progress.handled:
                began_s = time.monotonic()
            if began_s is not None and time.monotonic() - began_s > WARM_UP_S:
                break
            await self._traffic.until_lag(WARM_IN_FLIGHT)
            await self._traffic.send(event, timestamp_ms=past_ms)
            self._score.bought_before([item.item_id for item in event.items])
            if done % 50 == 0:
                self._stage("warming up with older baskets", done=done, total=len(history))
        await self._traffic.until_lag(0)

    async def _live(self, shop: Shop) -> None:
        self._orders = shop.about.orders
        self._titles = {item.item_id: item.item_name or item.item_id for item in shop.catalog}
        self._live_since_s = time.monotonic()
        self._history = self._traffic.sent
        loops = [self._observer.run(), self._watch(), self._draw(), self._front.ended()]
        tasks = [asyncio.create_task(loop) for loop in loops]
        feeding = asyncio.create_task(self._feed(shop))
        try:
            done, _ = await asyncio.wait({feeding, *tasks}, timeout=self._options.seconds, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await cancelled([feeding, *tasks])

    async def _feed(self, shop: Shop) -> None:
        """Let the customers go on, one step after the other, at the wanted pace or as fast as the worker bears."""
        speed = self._options.speed or shop.about.speed
        most = max(FEWEST_IN_FLIGHT, int(speed * IN_FLIGHT_S))
        next_s = time.monotonic()
        for visit, place in played(shop, self._pseudonymise):
            await self._traffic.until_lag(most)
            now_s = time.monotonic()
            next_s = max(next_s + 1 / speed, now_s - CATCH_UP_S)
            await asyncio.sleep(max(0.0, next_s - now_s))
            suggested = self._score.offered(visit, visit.items[place].item_id) if place < len(visit.items) else None
            self._clock_ms = visit.time_ms(place)
            self._score.sending(visit, place, time.monotonic())
            now_ms = time.time_ns() // 1_000_000  # he does it now; the log's own clock is only shown
            acknowledged = await self._traffic.send(event_of(visit, place, now_ms, suggestion_id=suggested))
            await acknowledged

    async def _watch(self) -> None:
        while True:
            self._place.check()
            await self._traffic.progress.look()
            self._course.samples.append(self.figures())
            self._front.tell(self._course, self._score, clock_ms=self._clock_ms)
            await asyncio.sleep(SAMPLE_S)

    async def _draw(self) -> None:
        while True:
            if self._course.samples:
                self._screen.show(self._moment())
            await asyncio.sleep(FRAME_S)

    def figures(self) -> Figures:
        """Return the figures of the live part as it stands."""
        seconds = time.monotonic() - self._live_since_s if self._live_since_s is not None else 0.0
        observer = self._observer
        return figures_of(
            self._score,
            seconds=seconds,
            lag=self._traffic.lag,
            dead_letters=observer.dead_letters,
            model=(observer.model_version, observer.log_loss),
            memory_mib=self._place.resident_mib(),
            history=self._history,
        )

    def _moment(self) -> Moment:
        return Moment(
            clock_ms=self._clock_ms,
            titles=self._titles,
            answers=list(self._score.newest),
            figures=self._course.samples[-1],
            course=self._course,
            servers=self._place.where,
            address=self._address,
            orders=self._orders,
        )


async def begin_at(store: Store, starts: Mapping[TopicPartition, int]) -> None:
    """Let a new prefix begin where the topics end now, so that nothing is answered that others wrote before."""
    for partition in sorted({at.partition for at in starts}):
        watermarks = {at.topic: end for at, end in starts.items() if at.partition == partition}
        if any(watermarks.values()):
            await store.commit([Commit(partition, Fence(), Fence(watermarks), {}, b"")])
