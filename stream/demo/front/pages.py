"""The shop's pages and their parts: files of one folder, and nothing beside it."""

import hashlib
from http import HTTPStatus
from pathlib import Path
from string import Template

from aiohttp import ETag, web
from msgspec import Struct

from stream.demo.front.goods import Assortment
from stream.gateway.problems import Refused

SITE = (Path(__file__).parent.parent / "site").resolve()
SHOP = "Kozutsumi"


class Page(Struct, frozen=True):
    """A page: its script `pages/<name>.js`, its stylesheet, and its title until the script says it in the visitor's language."""

    name: str
    style: str
    title: str = SHOP

    def html(self, template: str) -> bytes:
        """Return the page; nothing of it is the visitor's, so nothing needs to be escaped."""
        return Template(template).substitute(page=self.name, style=self.style, title=self.title).encode()


ITEM = Page("item", "item")
PAGES = {
    "/": Page("home", "home"),
    "/cart": Page("cart", "cart", f"Cart · {SHOP}"),
    "/checkout": Page("checkout", "cart", f"Checkout · {SHOP}"),
    "/thanks": Page("thanks", "cart", f"Thank you · {SHOP}"),
    "/live": Page("live", "live", f"What runs behind it · {SHOP}"),
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

    def __init__(self, assortment: Assortment, site: Path = SITE) -> None:
        self._assortment, self._site = assortment, site.resolve()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served, and by whom."""
        return [
            *(web.get(path, self._page) for path in PAGES),
            web.get("/item/{item_id}", self._item),
            web.get("/site/{name:.+}", self._part),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        return self._drawn(request, PAGES[request.path])

    async def _item(self, request: web.Request) -> web.Response:
        there = self._assortment.find(request.match_info["item_id"]) is not None
        return self._drawn(request, ITEM, status=HTTPStatus.OK if there else HTTPStatus.NOT_FOUND)

    async def _part(self, request: web.Request) -> web.Response:
        path = file_in(self._site, request.match_info["name"])
        if path is None:
            raise Refused(HTTPStatus.NOT_FOUND, "not_found", "There is no such page.")
        return _answer(request, path.read_bytes(), TYPES[path.suffix])

    def _drawn(self, request: web.Request, page: Page, *, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        return _answer(request, page.html((self._site / "page.html").read_text(encoding="utf-8")), "text/html", status=status)


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
