"""The shop's front: its pages and its backend beside the gateway, in one server."""

import time
from collections.abc import Callable

from aiohttp import web

from stream.demo.figures import Course
from stream.demo.front.api import ShopApi, Status
from stream.demo.front.desk import Desk
from stream.demo.front.goods import Assortment
from stream.demo.front.live import Live
from stream.demo.front.pages import Pages
from stream.demo.front.tell import Teller, live_figures
from stream.demo.front.thresholds import Thresholds
from stream.demo.score import Score
from stream.demo.shop import Shop
from stream.gateway.app import Gateway
from stream.listening import listen
from stream.settings import Settings

END_S = 1.0  # that an answer may still take when the shop closes


class ShopFront:
    """The pages of one run, served from `start` to `stop`. Build it within the running event loop."""

    def __init__(self, settings: Settings, shop: Shop, status: Callable[[], Status]) -> None:
        self._listen = settings.listen
        self._assortment = Assortment(shop.catalog, shop.sold, shop.about.departments)
        self._desk, self._live = Desk(settings.secret("shop_key")), Live()
        self._teller = Teller({item.item_id: item.item_name or item.item_id for item in shop.catalog})
        api = ShopApi(self._assortment, Thresholds(settings.policy), status)
        self._parts = (Pages(self._assortment, shop.about), api, self._desk, self._live)
        self._gateway = Gateway(settings, extra=[self._add_routes])
        self._runner = web.AppRunner(self._gateway.application(), access_log=None, shutdown_timeout=END_S)
        self.address = ""

    async def start(self) -> str:
        """Serve, and return the address. Suggestions come as soon as somebody makes them.

        Raises:
            BrokerAway: Kafka does not answer.
            SettingsError: the port cannot be had.
        """
        await self._gateway.start()
        self.address = self._desk.gateway = await listen(self._runner, self._listen)
        return self.address

    async def ended(self) -> None:
        """Raise what the gateway ended by; as long as all is well, wait."""
        await self._gateway.ended()

    def tell(self, course: Course, score: Score, *, clock_ms: int) -> None:
        """Let the live page know how things stand. `course` has a sample."""
        self._live.figures(live_figures(course, score, clock_ms=clock_ms))
        for told in self._teller.look(score.newest, time.monotonic()):
            self._live.answer(told)

    def _add_routes(self, app: web.Application) -> None:
        for part in self._parts:
            app.add_routes(part.routes())

    async def stop(self) -> None:
        """Send everybody home and end."""
        self._live.close()
        await self._runner.cleanup()
        await self._desk.close()
        await self._gateway.stop()
        self._assortment.close()
