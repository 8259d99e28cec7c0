"""The gateway put together: what it knows, whom it follows, and which routes it serves."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aiohttp import web

from features.store.redis import open_store
from stream.connection.away import clear_refusals
from stream.connection.clients import producer_of
from stream.engine.who import pseudonymiser
from stream.gateway import callers, client_files, collector, guard, openapi, streams, token_desk, will
from stream.gateway.board import Board
from stream.gateway.durations import Durations
from stream.gateway.keys import (
    BOARD,
    CALLERS,
    CLOCK,
    DURATIONS,
    OPT_OUTS,
    PRODUCER,
    PSEUDONYMISE,
    READY,
    SETTINGS,
    SPANS,
    STORE,
    SUBSCRIBERS,
    TALLY,
    TOKENS,
    Clock,
)
from stream.gateway.subscribers import Subscribers
from stream.gateway.tokens import Tokens
from stream.gateway.topics import Intake, Topics
from stream.settings import Settings
from stream.transport.follower import Follower
from stream.transport.producer import SETTINGS as SENDING

if TYPE_CHECKING:
    from stream.tracing.spans import Requests

Setup = Callable[[web.Application], None]
SWEEP_S = 5.0
REQUEST_MS = 5_000  # a browser's request does not wait longer for the broker
ROUTES: Sequence[Setup] = (
    streams.add_routes,
    collector.add_routes,
    will.add_routes,
    token_desk.add_routes,
    openapi.add_routes,
    client_files.add_routes,
)


class Gateway:
    """One gateway of a process. Build and use it within one running event loop; it listens where you let its application listen.

    Args:
        settings: needs both secrets and the shop's key, else SettingsError.
        extra: functions that add routes of their own to the application, beside the gateway's.
        clock: seconds since 1970.
        spans: makes spans of requests; None: nobody asks for traces.
    """

    def __init__(
        self, settings: Settings, *, extra: Sequence[Setup] = (), clock: Clock = time.time, spans: "Requests | None" = None
    ) -> None:
        self._settings, self._extra, self._clock, self._spans = settings, extra, clock, spans
        self._pseudonymise = pseudonymiser(settings.pseudonym_key_id, settings.secret())
        self._tokens = Tokens(settings.secret("token_secret"), settings.token_s)
        self._opt_outs = will.OptOuts()
        self._callers = callers.Callers(
            self._tokens, settings.secret("shop_key"), self._opt_outs, requests_per_minute=settings.requests_per_minute, clock=clock
        )
        self.tally: Counter[str] = Counter()
        self.durations = Durations()
        self.board, self.subscribers = Board(settings.ring), Subscribers(settings.streams, self.tally)
        self.store = open_store(settings.redis, settings.prefix)
        self.producer = producer_of(settings.kafka, request_timeout_ms=REQUEST_MS, **SENDING)
        self.intake = Intake(self.board, self.subscribers, self._pseudonymise, self._opt_outs.heard)
        self._topics = Topics(settings, self.intake, now_ms=int(clock() * 1000))
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def ready(self) -> bool:
        """Whether both topics are read up to where they stood at the start."""
        return self._topics.ready

    @property
    def followers(self) -> tuple[Follower, Follower]:
        """Who reads the customers' will, and who the suggestions."""
        return self._topics.followers

    def application(self) -> web.Application:
        """Return the application with all routes; its end closes the streams, `stop` does the rest."""
        settings = self._settings
        app = web.Application(middlewares=guard.middlewares(settings))
        guard.add_signals(app)
        app[SETTINGS], app[CLOCK], app[READY], app[TALLY] = settings, self._clock, lambda: self.ready, self.tally
        app[TOKENS], app[CALLERS], app[OPT_OUTS], app[PSEUDONYMISE] = self._tokens, self._callers, self._opt_outs, self._pseudonymise
        app[BOARD], app[SUBSCRIBERS], app[STORE], app[PRODUCER] = self.board, self.subscribers, self.store, self.producer
        app[SPANS], app[DURATIONS] = self._spans, self.durations
        for add_routes in (*ROUTES, *self._extra):
            add_routes(app)
        app.on_shutdown.append(self._close_streams)
        return app

    async def start(self) -> None:
        """Connect and begin to read; returns before everything is read. Raises BrokerAway when nobody answers or lets us in."""
        try:
            async with clear_refusals(self._settings.kafka):
                await self.producer.start()
        except Exception:
            await self.stop()
            raise
        self._tasks = [asyncio.create_task(self._topics.caught_up(), name="catch up"), asyncio.create_task(self._sweep(), name="sweep")]

    async def caught_up(self) -> None:
        """Return once it is ready."""
        await asyncio.shield(self._tasks[0])

    async def ended(self) -> None:
        """Raise what the reading ended by; as long as all is well, wait."""
        await self.caught_up()
        await self._topics.ended()

    async def stop(self) -> None:
        """End the reading and let go of all connections."""
        self.subscribers.close_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)  # what the reading ended by, `ended` has told
        await self._topics.stop()
        await self.producer.stop()
        await self.store.aclose()

    async def _close_streams(self, app: web.Application) -> None:
        self.subscribers.close_all()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            self.intake.expire(int(self._clock() * 1000))
