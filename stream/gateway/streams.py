"""GET /v1/suggestions, a stream of what is newest, and GET /v1/suggestions/current for those who ask now and then."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse

from stream.contracts.web import Current
from stream.gateway.held import Held
from stream.gateway.keys import BOARD, CALLERS, CLOCK, READY, SUBSCRIBERS, TALLY
from stream.gateway.problems import Refused
from stream.gateway.subscribers import Subscriber
from stream.gateway.tokens import needs_all

PING_S = 15
STALLED_S = 20.0  # what a client has not taken by then is cut off
RETRY = b"retry: 1000\r\n\r\n"  # ms; what a browser waits before it comes back
NOTHING = "{}"


def add_routes(app: web.Application) -> None:
    """Serve the stream, the current lists and whether the gateway is ready."""
    app.router.add_get("/v1/suggestions", stream, allow_head=False)
    app.router.add_get("/v1/suggestions/current", current, allow_head=False)
    app.router.add_get("/health", health)


async def health(request: web.Request) -> web.Response:
    """Say whether the topics are read up to where they stood at the start."""
    ready = request.app[READY]()
    return web.json_response({"status": "ok" if ready else "starting"}, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


async def current(request: web.Request) -> web.Response:
    """Answer with the newest unexpired lists of the token's customer."""
    customer = needs_all(request.app[CALLERS].customer(request)).customer
    _refuse_unready(request)
    board, now_ms = request.app[BOARD], int(request.app[CLOCK]() * 1000)
    offers = tuple(held.offer for held in board.current(customer, now_ms))
    return web.Response(body=msgspec.json.encode(Current(offers, board.position(customer, now_ms))), content_type="application/json")


async def stream(request: web.Request) -> web.StreamResponse:
    """Send the current lists, or what a resumed stream has missed, and then whatever comes, until the token expires."""
    claims = needs_all(request.app[CALLERS].customer(request))
    _refuse_unready(request)
    subscriber = request.app[SUBSCRIBERS].add(claims.customer)
    left_s = max(0.0, claims.expires_s - request.app[CLOCK]())
    expiry = asyncio.get_running_loop().call_later(left_s, subscriber.close, "reauth")
    response = EventSourceResponse(ping_interval=PING_S, send_timeout=STALLED_S)
    try:
        with suppress(ConnectionResetError, TimeoutError):  # hung up, or nothing read for too long: the client comes back by itself
            await response.prepare(request)
            async with response:
                await response.write(RETRY)
                await _send(request, response, subscriber)
    finally:
        expiry.cancel()
        request.app[SUBSCRIBERS].remove(subscriber)
    return response


async def _send(request: web.Request, response: EventSourceResponse, subscriber: Subscriber) -> None:
    _begin(request, subscriber, request.headers.get("Last-Event-ID") or None)
    while response.is_connected():
        try:
            async with asyncio.timeout(PING_S):  # a client that hung up in between is not told to us: look now and then
                what = await subscriber.next()
        except TimeoutError:
            continue
        match what:
            case Held():
                await response.send(what.packed.decode(), id=what.event_id, event="suggestion")
                request.app[TALLY]["stream_suggestions"] += 1
            case "reset":
                await response.send(NOTHING, id="", event="reset")  # without an id to come back with: the old one is no good
                _begin(request, subscriber, None)
            case "end":
                return
            case _:
                await response.send(NOTHING, event=what)
                return


def _begin(request: web.Request, subscriber: Subscriber, last: str | None) -> None:
    """Queue what the page lacks. Nothing can come between the board's answer and what is published next: no await is in between."""
    board, now_ms = request.app[BOARD], int(request.app[CLOCK]() * 1000)
    missed = board.current(subscriber.customer, now_ms) if last is None else board.since(subscriber.customer, last, now_ms)
    if last is not None:
        request.app[TALLY]["resume_misses" if missed is None else "resume_hits"] += 1
    if missed is None:
        return subscriber.reset()
    for held in missed:
        subscriber.put(held)
    return None


def _refuse_unready(request: web.Request) -> None:
    if not request.app[READY]():
        raise Refused(
            HTTPStatus.SERVICE_UNAVAILABLE, "starting", "The gateway is still reading what stands: try again.", {"Retry-After": "1"}
        )
