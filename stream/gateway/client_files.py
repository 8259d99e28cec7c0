"""GET /client.js: the parts of the client as one module, without the comments that are for its readers."""

import gzip
import hashlib
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path

from aiohttp import hdrs, web

FOLDER = Path(__file__).with_name("client")
# A part stands behind those that it uses. Names are shared: a name that two parts declare is a SyntaxError in the first browser.
PARTS = (
    *("store", "pause", "session", "token", "stream", "tabs", "lists", "events", "current"),
    *("texts", "style", "card", "impressions", "component", "client"),
)
PUBLIC = ("connect", "Client", "Suggestions")
BLOCK, LINE, INDENT = (
    re.compile(r"/\*\*.*?\*/ ?", re.DOTALL),
    re.compile(r"(^|(?<=\s))//\s.*$", re.MULTILINE),
    re.compile(r"^\s+", re.MULTILINE),
)
IMPORT, EXPORT = re.compile(r'^import [^"]*"\./[a-z]+\.js";$', re.MULTILINE), re.compile(r"^export (?=\w)", re.MULTILINE)
FOR_EVERYBODY = {  # it is public code, and pages of other origins load it as a module
    hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    hdrs.CACHE_CONTROL: "no-cache",  # kept, and asked about each time: 304 as long as it has not changed
    hdrs.VARY: "Accept-Encoding",
    hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
}


def add_routes(app: web.Application) -> None:
    """Serve the client's module."""
    app.router.add_get("/client.js", client)


async def client(request: web.Request) -> web.Response:
    """Answer with the module, compressed where the browser takes that, or that it has not changed."""
    zipped = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "").lower()
    body = packed() if zipped else module().encode()
    etag = hashlib.sha256(body).hexdigest()[:32]
    headers = {**FOR_EVERYBODY, hdrs.ETAG: f'"{etag}"'}
    if any(known.value in {etag, "*"} for known in request.if_none_match or ()):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    if zipped:
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)


@cache
def module() -> str:
    """Return the client as one ES module: every part, in order, without comments, indentation and what it imports of the others."""
    parts = (without_comments((FOLDER / f"{name}.js").read_text(encoding="utf-8")) for name in PARTS)
    text = "\n".join(EXPORT.sub("", IMPORT.sub("", part)) for part in parts)
    return INDENT.sub("", text).strip() + f"\nexport {{ {', '.join(PUBLIC)} }};\n"


@cache
def packed() -> bytes:
    """Return the module compressed by gzip."""
    return gzip.compress(module().encode(), compresslevel=9, mtime=0)


def without_comments(source: str) -> str:
    """Return a part's code. It knows the comments of the parts, not all of JavaScript; a test holds it against TypeScript's."""
    return LINE.sub("", BLOCK.sub("", source))
