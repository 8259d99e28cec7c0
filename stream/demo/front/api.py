"""What the shop's pages ask the shop: its goods, its departments, and whether it is open yet."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from stream.demo.front.goods import Assortment
from stream.demo.front.thresholds import Thresholds
from stream.gateway.problems import Refused

MOST_IDS = 200  # of one question
MOST_PAGE = 10**6
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Status(Struct, frozen=True):
    """Whether suggestions are being made, and what the demo is doing until then."""

    live: bool
    stage: str


class ShopApi:
    """Answers under /shop/api. Everything is in memory."""

    def __init__(self, assortment: Assortment, thresholds: Thresholds, status: Callable[[], Status]) -> None:
        self._assortment, self._thresholds, self._status = assortment, thresholds, status

    def routes(self) -> list[web.RouteDef]:
        """Return what is served, and by whom."""
        return [
            web.get("/shop/api/items", self._items),
            web.get("/shop/api/items/{item_id}", self._item),
            web.get("/shop/api/groups", self._groups),
            web.get("/shop/api/plans/{family}", self._plans),
            web.get("/shop/api/thresholds", self._told_thresholds),
            web.get("/shop/api/status", self._told_status),
        ]

    async def _items(self, request: web.Request) -> web.Response:
        asked = request.query
        if "ids" in asked:
            return as_json(self._assortment.named(asked["ids"].split(",")[:MOST_IDS]))
        group = asked.get("group", "")
        if group and group not in {one.group for one in self._assortment.groups}:
            raise Refused(HTTPStatus.NOT_FOUND, "group_unknown", "There is no such department: GET /shop/api/groups lists them.")
        return as_json(self._assortment.page(asked.get("q", ""), group, page_of(asked.get("page", "1"))))

    async def _item(self, request: web.Request) -> web.Response:
        good = self._assortment.find(request.match_info["item_id"])
        if good is None:
            raise Refused(HTTPStatus.NOT_FOUND, "item_unknown", "The shop has no such item: GET /shop/api/items finds those that it has.")
        return as_json(good)

    async def _groups(self, request: web.Request) -> web.Response:
        return as_json(self._assortment.groups)

    async def _plans(self, request: web.Request) -> web.Response:
        found = self._assortment.plans(request.match_info["family"])
        if not found.items:
            raise Refused(HTTPStatus.NOT_FOUND, "plans_unknown", "The shop has no plans of this name.")
        return as_json(found)

    async def _told_thresholds(self, request: web.Request) -> web.Response:
        return as_json(self._thresholds.now())

    async def _told_status(self, request: web.Request) -> web.Response:
        return as_json(self._status())


def page_of(asked: str) -> int:
    """Return the page that is asked for. Raises Refused 400 for what is no page."""
    if asked.isascii() and asked.isdigit() and len(asked) < len(str(MOST_PAGE)) and int(asked) > 0:
        return int(asked)
    raise Refused(HTTPStatus.BAD_REQUEST, "page_invalid", "`page` is a whole number from 1.")


def as_json(value: Any) -> web.Response:
    """Return `value` as an answer."""
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", headers=HEADERS)
