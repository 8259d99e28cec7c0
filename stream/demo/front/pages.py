"""The shop's pages and their parts: files of one folder, and nothing beside it."""

import hashlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from string import Template

from aiohttp import ETag, web
from msgspec import Struct

from stream.demo.front.goods import Assortment
from stream.demo.shops import About
from stream.gateway.problems import Refused

SITE = (Path(__file__).parent.parent / "site").resolve()

KOZUTSUMI = About(titles="shouted")


class Page(Struct, frozen=True):
    """A page: its script `pages/<name>.js`, its stylesheet, and its title until the script says it in the visitor's language."""

    name: str
    style: str
    title: str = ""

    def html(self, template: str, shop: About = KOZUTSUMI) -> bytes:
        """Return the page; nothing of it is the visitor's, so nothing needs to be escaped."""
        says = {
            "page": self.name,
            "style": self.style,
            "title": f"{self.title} · {shop.name}" if self.title else shop.name,
            "shop": shop.id,
            "name": shop.name,
            "language": shop.language or "",
            "lang": shop.language or "en",
            "currency": shop.currency,
            "titles": shop.titles,
        }
        return Template(template).substitute(says).encode()


ITEM = Page("item", "item")
PAGES = {
    "/": Page("home", "home"),
    "/cart": Page("cart", "cart", "Cart"),
    "/checkout": Page("checkout", "cart", "Checkout"),
    "/thanks": Page("thanks", "cart", "Thank you"),
    "/live": Page("live", "live", "What runs behind it"),
}
MORE_PAGES = {  # of shops that have them
    "plan": {"/plan": Page("plan", "plan", "My plan")},
    "news": {"/news": Page("news", "plan", "Newspaper"), "/news/{article}": Page("article", "plan", "Newspaper")},
}
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
}
TEXT = ("text/", "application/json", "image/svg+xml")
HEADERS = {
    # Scripts, styles and connections are the shop's own, which the gateway serves.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Pages:
    """Serves the pages from `site`, read anew at every request, so that an edit shows at once."""

    def __init__(self, assortment: Assortment, shop: About = KOZUTSUMI, site: Path = SITE) -> None:
        self._assortment, self._shop, self._site = assortment, shop, site.resolve()
        self._pages = dict(PAGES)
        for name in shop.pages:
            self._pages |= MORE_PAGES[name]

    def routes(self) -> list[web.RouteDef]:
        """Return what is served, and by whom."""
        return [
            *(web.get(path, self._page_at(page)) for path, page in self._pages.items()),
            web.get("/item/{item_id}", self._item),
            web.get("/site/{name:.+}", self._part),
        ]

    def _page_at(self, page: Page) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            return self._drawn(request, page)

        return answer

    async def _item(self, request: web.Request) -> web.Response:
        there = self._assortment.find(request.match_info["item_id"]) is not None
        return self._drawn(request, ITEM, status=HTTPStatus.OK if there else HTTPStatus.NOT_FOUND)

    async def _part(self, request: web.Request) -> web.Response:
        path = file_in(self._site, request.match_info["name"])
        if path is None:
            raise Refused(HTTPStatus.NOT_FOUND, "not_found", "There is no such page.")
        return _answer(request, path.read_bytes(), TYPES[path.suffix])

    def _drawn(self, request: web.Request, page: Page, *, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        return _answer(request, page.html((self._site / "page.html").read_text(encoding="utf-8"), self._shop), "text/html", status=status)


def _answer(request: web.Request, body: bytes, kind: str, *, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    tag = hashlib.sha256(body).hexdigest()[:32]
    known = request.if_none_match or ()
    if status is HTTPStatus.OK and any(one.value in (tag, "*") for one in known):
        unchanged = web.Response(status=HTTPStatus.NOT_MODIFIED, headers=HEADERS)
        unchanged.etag = ETag(tag)
        return unchanged
    answer = web.Response(body=body, status=status, headers=HEADERS, content_type=kind, charset="utf-8" if kind.startswith(TEXT) else None)
    answer.etag = ETag(tag)
    return answer


def file_in(folder: Path, name: str) -> Path | None:
    """Return the file of this name in `folder` or below it; None where none is, it lies elsewhere, or is of no kind that is served."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder) and path.suffix in TYPES and path.is_file() else None
    except (OSError, ValueError):  # a name that no file system knows
        return None
