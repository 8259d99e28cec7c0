"""Requests that are refused: one error, told as RFC 9457 asks."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from stream.contracts.web import Problem
from stream.errors import StreamError


class Refused(StreamError):
    """A request is not served; the message says what to do. `headers` go with the answer (Retry-After, WWW-Authenticate)."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.headers = status, code, dict(headers or {})
        self.retriable = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def answer(refused: Refused) -> web.Response:
    """Return the refusal as an HTTP answer."""
    problem = Problem(refused.status.phrase, int(refused.status), refused.code, str(refused))
    return web.Response(
        body=msgspec.json.encode(problem), status=int(refused.status), content_type="application/problem+json", headers=refused.headers
    )


def unauthorized(code: str, detail: str) -> Refused:
    """Return the refusal of somebody whose token or key is not good."""
    return Refused(HTTPStatus.UNAUTHORIZED, code, detail, {"WWW-Authenticate": f'Bearer error="{code}"'})
