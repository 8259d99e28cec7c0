"""The W3C trace context, handed on from a request to the records that it causes."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from stream.engine.record import Headers
from stream.gateway.keys import SPANS
from stream.gateway.problems import Refused
from stream.tracing.context import HEADER, trace_of

Sending = Callable[[web.Request, Headers], Awaitable[web.StreamResponse]]


def traced(handle: Sending) -> Handler:
    """Return the handler that calls `handle` with the headers of the records that the request causes."""

    async def handler(request: web.Request) -> web.StreamResponse:
        resource = request.match_info.route.resource
        with _headers_of(request, resource.canonical if resource else "-") as headers:
            return await handle(request, headers)

    return handler


@contextmanager
def _headers_of(request: web.Request, route: str) -> Iterator[Headers]:
    """Give the headers of the records that the request causes.

    Where spans are made, they name the request's own span: in the trace of its `traceparent`, else in a new one. Where none are made,
    a `traceparent` that is well-formed is handed on as it came, and without one there is none.
    """
    given, spans = request.headers.get(HEADER), request.app[SPANS]
    if spans is None:
        yield ((HEADER, given.encode()),) if given and trace_of(given) else ()
        return
    with spans.span(given, request.method, route) as span:
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            yield ((HEADER, span.traceparent.encode()),)
            status = HTTPStatus.OK
        except Refused as refused:
            status = refused.status
            raise
        finally:
            span.answered(int(status))
