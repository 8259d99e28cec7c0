"""The shop's pages and their parts: files of one folder, and nothing beside it."""

import hashlib
from http import HTTPStatus
from pathlib import Path

from aiohttp import ETag, web

from stream.demo.front.goods import Assortment
from stream.gateway.problems import Refused

SITE = (Path(__file__).parent.parent / "site").resolve()
PAGES = {"/": "home", "/cart": "cart", "/checkout": "checkout", "/thanks": "thanks", "/live": "live"}
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
        return self._answer(request, f"{PAGES[request.path]}.html")

    async def _item(self, request: web.Request) -> web.Response:
        there = self._assortment.find(request.match_info["item_id"]) is not None
        return self._answer(request, "item.html", status=HTTPStatus.OK if there else HTTPStatus.NOT_FOUND)

    async def _part(self, request: web.Request) -> web.Response:
        return self._answer(request, request.match_info["name"])

    def _answer(self, request: web.Request, name: str, *, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        path = file_in(self._site, name)
        if path is None:
            raise Refused(HTTPStatus.NOT_FOUND, "not_found", "There is no such page.")
        body = path.read_bytes()
        tag = hashlib.sha256(body).hexdigest()[:32]
        known = request.if_none_match or ()
        if status is HTTPStatus.OK and any(one.value in (tag, "*") for one in known):
            unchanged = web.Response(status=HTTPStatus.NOT_MODIFIED, headers=HEADERS)
            unchanged.etag = ETag(tag)
            return unchanged
        kind = TYPES[path.suffix]
        answer = web.Response(
            body=body, status=status, headers=HEADERS, content_type=kind, charset="utf-8" if kind.startswith(TEXT) else None
        )
        answer.etag = ETag(tag)
        return answer


def file_in(folder: Path, name: str) -> Path | None:
    """Return the file of this name in `folder` or below it; None where none is, it lies elsewhere, or is of no kind that is served."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder) and path.suffix in TYPES and path.is_file() else None
    except (OSError, ValueError):  # a name that no file system knows
        return None
