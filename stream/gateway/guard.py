"""What holds for every request: refusals as problems, no foreign pages, headers that keep browsers careful, a log that names nobody."""

import logging
import time
import traceback
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from stream.gateway.bodies import too_large
from stream.gateway.keys import DURATIONS, TALLY
from stream.gateway.origins import PUBLIC, Origins, headers_for, is_preflight, preflight
from stream.gateway.problems import Refused, answer
from stream.settings import Settings
from stream.telling.logger import logger_of

API = ("/v1/", "/openapi.json", "/health")
CAREFUL = {hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff", "Referrer-Policy": "no-referrer"}
NOTHING_INSIDE = "default-src 'none'; frame-ancestors 'none'"  # an answer of the API is no page, and loads nothing
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FOREIGN = web.RequestKey("foreign", bool)  # its page may not read the answer either
AWAY = {"broker_away": "broker", "store_away": "store"}
HUNG_UP = 499  # as others log it: nobody was there any more to be answered
access = logger_of("stream.gateway.access")
log = logger_of(__name__)

DETAILS = {
    HTTPStatus.NOT_FOUND: ("not_found", "There is nothing at this path: GET /openapi.json tells what there is."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method", "This path is not for that method: the header Allow names those that it is for."),
}


def middlewares(settings: Settings) -> list[Middleware]:
    """Return what stands between a request and its handler, outermost first."""
    origins = Origins(settings.origins, settings.listen)

    @web.middleware
    async def keep_foreign_pages_out(request: web.Request, handler: Handler) -> web.StreamResponse:
        origins.refuse_foreign(request)
        return await handler(request)

    return [log_quietly, answer_refusals, keep_foreign_pages_out, answer_options]


def add_signals(app: web.Application) -> None:
    """Put the headers on every answer as it begins (a stream has left the middlewares only when it ends); hush what is below them."""
    app.on_response_prepare.append(add_headers)
    logging.getLogger("aiohttp.server").addFilter(name_nobody)


def name_nobody(record: logging.LogRecord) -> bool:
    """Leave of the server's own complaints only what kind they are: they name the sender, and quote what he sent."""
    kind = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
    record.msg, record.args = "a request could not be read or answered (%s)", (kind.__name__ if kind else "unknown",)
    record.exc_info = record.exc_text = None
    return True


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add what the answer does not say itself."""
    headers = dict(CAREFUL)
    if request.path.startswith(API) or response.content_type == "application/problem+json":
        headers[hdrs.CONTENT_SECURITY_POLICY] = NOTHING_INSIDE
    if request.path.startswith("/v1/"):
        headers[hdrs.CACHE_CONTROL] = "no-store"
    if not request.get(FOREIGN, False):
        headers |= headers_for(request)
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if request.path != PUBLIC:
        response.headers.add(hdrs.VARY, hdrs.ORIGIN)


@web.middleware
async def log_quietly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count and log a request by its route alone: never its path's ids, query, headers or sender."""
    began_s, status = time.monotonic(), HUNG_UP
    try:
        response = await handler(request)
        status = response.status
    finally:
        resource = request.match_info.route.resource
        method = request.method if request.method in METHODS else "other"
        route = resource.canonical if resource else "-"
        took_s = time.monotonic() - began_s
        request.app[TALLY][f"request:{method}:{status:d}:{route}"] += 1
        request.app[DURATIONS].add(method, route, int(status), took_s)
        access.info("request", method=method, route=route, status=int(status), duration_ms=round(1_000 * took_s, 1))
    return response


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer as a problem whatever is raised; of a fault of ours the log tells the place, but not the values."""
    try:
        return await handler(request)
    except Refused as refused:
        request[FOREIGN] = refused.code == "foreign_origin"
        if refused.code in AWAY:
            request.app[TALLY][f"failed:{AWAY[refused.code]}"] += 1
        return _refusal(request, refused)
    except web.HTTPException as exception:
        if exception.status < HTTPStatus.BAD_REQUEST:
            raise
        return _refusal(request, _refused(exception))
    except ConnectionError:
        raise  # nobody is there any more
    except Exception as fault:  # the edge: nothing above would answer
        where = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(fault.__traceback__)]
        log.error("request failed", error=type(fault).__name__, where=where)  # noqa: TRY400 - the message may hold ids
        return _refusal(request, Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "A fault of the gateway; its log tells where."))


@web.middleware
async def answer_options(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer OPTIONS for every path that there is, whether a page asks for leave or somebody wants to know."""
    refusal = request.match_info.http_exception
    if request.method != hdrs.METH_OPTIONS or not isinstance(refusal, web.HTTPMethodNotAllowed):
        return await handler(request)
    if is_preflight(request):
        return preflight(refusal.allowed_methods)
    return web.Response(status=HTTPStatus.NO_CONTENT, headers={hdrs.ALLOW: ", ".join(sorted(refusal.allowed_methods))})


def _refused(exception: web.HTTPException) -> Refused:
    if isinstance(exception, web.HTTPRequestEntityTooLarge):
        return too_large()
    status = HTTPStatus(exception.status)
    code, detail = DETAILS.get(status, ("refused", status.description or status.phrase))
    allow = exception.headers.get(hdrs.ALLOW)
    return Refused(status, code, detail, {hdrs.ALLOW: allow} if allow else None)


def _refusal(request: web.Request, refused: Refused) -> web.Response:
    """Return the answer; where one has begun already, end the connection instead."""
    if request.writer.output_size > 0:
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError
    return answer(refused)
