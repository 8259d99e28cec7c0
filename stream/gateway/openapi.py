"""The gateway's HTTP interface as one OpenAPI 3.1 document, made from the types that the handlers decode and encode."""

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from aiohttp import web

from stream.contracts.events import EVENT_TYPES
from stream.contracts.schemas import components
from stream.contracts.web import (
    MAX_EVENTS,
    ConsentAnswer,
    ConsentRequest,
    Current,
    EventsAnswer,
    Offer,
    Problem,
    TokenAnswer,
    TokenRequest,
)

Part = dict[str, Any]

TYPES: tuple[type, ...] = (*EVENT_TYPES, ConsentAnswer, ConsentRequest, Current, EventsAnswer, Offer, Problem, TokenAnswer, TokenRequest)
BY_CUSTOMER: Part = {"customerToken": []}
BY_SHOP: Part = {"shopKey": []}
REFUSALS = {
    400: "The body is not what is expected; `detail` names the place.",
    401: "Token or key is missing, expired, void or not good here.",
    403: "The customer has opted out, or a page of a foreign origin asks.",
    408: "The body did not arrive in time.",
    413: "The body is longer than 1 MiB.",
    415: "The body is of another content type.",
    429: "Too many requests; Retry-After says how long to wait.",
    503: "Not possible now; send the same again after Retry-After seconds.",
}
OF_ANY = (403,)  # a foreign page is refused everywhere
OF_BODY = (400, 408, 413, 415)
OF_CALLER = (401, 429)


def add_routes(app: web.Application) -> None:
    """Serve GET /openapi.json."""
    app.router.add_get("/openapi.json", openapi)


async def openapi(request: web.Request) -> web.Response:
    """Answer with the document."""
    return web.Response(body=_encoded(), content_type="application/json")


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(document())


def document() -> Part:
    """Return the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tsuide gateway",
            "version": version("tsuide"),
            "summary": "Suggestions to a shop's pages, events from them",
            "description": "Times are milliseconds since 1970 UTC. Readers ignore fields that they do not know; fields are only added. "
            "Requests with an Origin header are served for the shop's pages alone.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/suggestions": {"get": _stream()},
            "/v1/suggestions/current": {"get": _current()},
            "/v1/events": {"post": _events()},
            "/v1/token": {"post": _token()},
            "/v1/consent": {"post": _consent()},
            "/health": {"get": _health()},
            "/openapi.json": {"get": _document()},
        },
        "components": {
            "schemas": components(TYPES) | {"Event": _event(), "EventsRequest": _events_request()},
            "securitySchemes": {
                "customerToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "Of one customer's browser, from POST /v1/token; good for some minutes.",
                },
                "shopKey": {"type": "http", "scheme": "bearer", "description": "Of the shop's backend, TSUIDE_SHOP_KEY; never in a page."},
            },
            "responses": {f"Refused{status}": _refusal(status, says) for status, says in REFUSALS.items()},
        },
    }


def _stream() -> Part:
    describes = (
        "Server-sent events. `suggestion`: data is an Offer, its id is where a stream may resume (`Last-Event-ID`). `reset`: forget what "
        "is shown, the current lists follow. `reauth`: the token has expired, come back with a new one. `opted_out`: the customer has "
        "opted out. A new stream begins with the current lists. Comments keep the connection open."
    )
    offer = {"type": "string", "contentMediaType": "application/json", "contentSchema": _ref("Offer")}
    text = {"type": "string"}
    suggestion = {"properties": {"event": {"const": "suggestion"}, "id": text, "data": offer}, "required": ["event", "id", "data"]}
    word = {"properties": {"event": {"enum": ["reset", "reauth", "opted_out"]}, "data": {"const": "{}"}}, "required": ["event", "data"]}
    event = {"type": "object", "oneOf": [suggestion, word]}
    last = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}, "description": "The id of the last event that was read."}
    answers = {"200": {"description": "A stream that ends with the token.", "content": _content(event, "text/event-stream")}}
    return _operation(
        "follow_suggestions", "What to show, as it comes", answers | _refusals(*OF_CALLER, 503), [BY_CUSTOMER], parameters=[last]
    ) | {"description": describes}


def _current() -> Part:
    answers = _answers(Current, "The newest unexpired lists.") | _refusals(*OF_CALLER, 503)
    return _operation("current_suggestions", "What to show now, for those who ask now and then", answers, [BY_CUSTOMER])


def _events() -> Part:
    trace = {"name": "traceparent", "in": "header", "schema": {"type": "string"}, "description": "W3C trace context, handed on."}
    answers = _answers(EventsAnswer, "One answer an event, in the request's order; the accepted ones stand in the log.")
    # The third: a beacon has no headers and brings its token in the body.
    return _operation(
        "send_events",
        "What customers do",
        answers | _refusals(*OF_BODY, *OF_CALLER, 503),
        [BY_CUSTOMER, BY_SHOP, {}],
        parameters=[trace],
        requestBody=_body("EventsRequest", "application/json", "text/plain"),
    )


def _token() -> Part:
    answers = _answers(TokenAnswer, "A token for this customer's browser.") | _refusals(*OF_BODY, *OF_CALLER, 503)
    return _operation("issue_token", "A token for a customer's browser", answers, [BY_SHOP], requestBody=_body("TokenRequest"))


def _consent() -> Part:
    answers = _answers(ConsentAnswer, "The choice stands in the log and holds.") | _refusals(*OF_BODY, *OF_CALLER, 503)
    return _operation("choose", "The customer's will", answers, [BY_CUSTOMER], requestBody=_body("ConsentRequest"))


def _health() -> Part:
    state = {"type": "object", "properties": {"status": {"enum": ["ok", "starting"]}}, "required": ["status"]}
    answers = {
        "200": {"description": "It serves.", "content": _content(state)},
        "503": {"description": "It still reads what stood in the topics when it began.", "content": _content(state)},
    }
    return _operation("health", "Whether it serves", answers | _refusals(), [])


def _document() -> Part:
    answers = {"200": {"description": "This document.", "content": _content({"type": "object", "required": ["openapi"]})}}
    return _operation("describe", "This document", answers | _refusals(), [])


def _operation(name: str, summary: str, answers: Part, security: list[Part], **more: Any) -> Part:
    return {"operationId": name, "summary": summary, "security": security, "responses": answers, **more}


def _answers(kind: type, describes: str) -> Part:
    return {"200": {"description": describes, "content": _content(_ref(kind.__name__))}}


def _refusals(*statuses: int) -> Part:
    return {str(status): {"$ref": f"#/components/responses/Refused{status}"} for status in sorted({*OF_ANY, *statuses})}


def _refusal(status: int, says: str) -> Part:
    seconds = {"schema": {"type": "integer", "minimum": 1}, "description": "seconds", "required": True}
    headers = {"headers": {"Retry-After": seconds}} if status in (429, 503) else {}
    return {"description": says, "content": _content(_ref("Problem"), "application/problem+json"), **headers}


def _body(name: str, *types: str) -> Part:
    content = {kind: {"schema": _ref(name)} for kind in types or ("application/json",)}
    return {"required": True, "content": content}


def _content(schema: Part, kind: str = "application/json") -> Part:
    return {kind: {"schema": schema}}


def _event() -> Part:
    return {
        "description": "What a customer did, told apart by `event`; what a token's browser says of the customer does not count.",
        "oneOf": [_ref(kind.__name__) for kind in EVENT_TYPES],
    }


def _events_request() -> Part:
    """Return the shapes of a request. Events within a list may be anything: each is judged alone, and answered with its fate."""
    many = {"type": "array", "maxItems": MAX_EVENTS, "items": {"description": "an Event; whatever else is `refused` at its place"}}
    envelope = {
        "type": "object",
        "properties": {
            "events": many,
            "token": {"type": ["string", "null"], "description": "for beacons, which have no headers"},
            "sent_at_ms": {"type": ["integer", "null"], "description": "when it is sent, by the clock that the events' times are from"},
        },
        "required": ["events"],
    }
    return {
        "description": f"One Event, a list of at most {MAX_EVENTS}, or an object that holds such a list.",
        "anyOf": [_ref("Event"), many, envelope],
    }


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}
