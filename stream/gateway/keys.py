"""What a handler may ask the application for: `request.app[KEY]`."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from stream.engine.who import Pseudonymise
from stream.settings import Settings

if TYPE_CHECKING:  # handlers import this module, and these modules have handlers
    from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]

    from features.store.port import Store
    from stream.gateway.board import Board
    from stream.gateway.callers import Callers
    from stream.gateway.durations import Durations
    from stream.gateway.subscribers import Subscribers
    from stream.gateway.tokens import Tokens
    from stream.gateway.will import OptOuts
    from stream.tracing.spans import Requests

Clock = Callable[[], float]  # seconds since 1970

SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
TOKENS: "web.AppKey[Tokens]" = web.AppKey("tokens")
CALLERS: "web.AppKey[Callers]" = web.AppKey("callers")
OPT_OUTS: "web.AppKey[OptOuts]" = web.AppKey("opt_outs")
BOARD: "web.AppKey[Board]" = web.AppKey("board")
SUBSCRIBERS: "web.AppKey[Subscribers]" = web.AppKey("subscribers")
STORE: "web.AppKey[Store]" = web.AppKey("store")
PRODUCER: "web.AppKey[AIOKafkaProducer]" = web.AppKey("producer")
PSEUDONYMISE: web.AppKey[Pseudonymise] = web.AppKey("pseudonymise")
TALLY: web.AppKey[Counter[str]] = web.AppKey("tally")  # what operations are told
SPANS: "web.AppKey[Requests | None]" = web.AppKey("spans")  # None: nobody asks for traces
DURATIONS: "web.AppKey[Durations]" = web.AppKey("durations")
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
READY: web.AppKey[Callable[[], bool]] = web.AppKey("ready")  # whether both topics are read up to where they stood at the start
