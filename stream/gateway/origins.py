"""From which pages browsers may ask: the shop's and the gateway's own, whatever the kind of request."""

from collections.abc import Collection
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from stream.gateway.problems import Refused

PREFLIGHT_S = 7_200  # Chromium remembers an answer no longer than that
ALLOWED_HEADERS = "Authorization, Content-Type, Last-Event-ID, Traceparent"
EXPOSED_HEADERS = "Retry-After, WWW-Authenticate"
PUBLIC = "/client.js"  # code without secrets, for any page; its route says so itself


class Origins:
    """Tells whether a page may ask. Requests without an origin (a backend, curl) are not a page's and pass."""

    def __init__(self, allowed: str, listen: str) -> None:
        """Take the settings: origins separated by commas, and the address that is listened on."""
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed.split(",") if origin)
        self._own_names = {"localhost", listen.rpartition(":")[0].lower()}

    def refuse_foreign(self, request: web.Request) -> None:
        """Raise Refused 403 `foreign_origin`. CORS alone would let a foreign page's simple request do its work unread."""
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None or request.path == PUBLIC or origin.lower() in self._allowed or self._is_own(request, origin):
            return
        raise Refused(HTTPStatus.FORBIDDEN, "foreign_origin", "Pages of this origin may not ask here: add it to TSUIDE_ORIGINS.")

    def _is_own(self, request: web.Request, origin: str) -> bool:
        """Return whether the page came from this gateway.

        A name that anybody can make resolve to this machine does not count (DNS rebinding), hence only addresses and known names.
        """
        name = _name_in(request.host)
        is_sure = name in self._own_names or _is_ip(name)
        return is_sure and origin.lower() == f"{request.scheme}://{request.host}".lower()


def headers_for(request: web.Request) -> dict[str, str]:
    """Return what lets a page read the answer; only for origins that were not refused."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or request.path == PUBLIC:
        return {}
    return {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin, hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: EXPOSED_HEADERS}


def is_preflight(request: web.Request) -> bool:
    """Return whether the browser asks for leave to ask."""
    return request.method == hdrs.METH_OPTIONS and {hdrs.ORIGIN, hdrs.ACCESS_CONTROL_REQUEST_METHOD} <= set(request.headers)


def preflight(methods: Collection[str]) -> web.Response:
    """Return the leave to use these methods."""
    return web.Response(
        status=HTTPStatus.NO_CONTENT,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: ", ".join(sorted(methods)),
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: ALLOWED_HEADERS,
            hdrs.ACCESS_CONTROL_MAX_AGE: str(PREFLIGHT_S),
        },
    )


def _name_in(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
