"""Events as they arrive over HTTP: each decoded by itself, under its customer's pseudonym and by our clock."""

import re
from http import HTTPStatus

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from stream.contracts.events import Event
from stream.contracts.ids import Customer
from stream.contracts.web import MAX_EVENTS, EventAnswer
from stream.engine.who import Pseudonymise, customer_of, named
from stream.gateway.bodies import decoded
from stream.gateway.callers import Caller, Shop
from stream.gateway.problems import Refused
from stream.gateway.times import corrected, wrong_time

_PSEUDONYM = re.compile(r"[A-Za-z0-9]{1,16}:[0-9a-f]{64}")
# Every escape in a JSON text; the group is half a surrogate pair, as a page writes it that cut an emoji in two.
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL)
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Posted(Struct, frozen=True):
    """A request's events, undecoded, and what stands beside them."""

    events: tuple[Raw, ...]
    token: str | None = None
    sent_at_ms: int | None = None


class _Envelope(Struct, frozen=True):
    """An object: events and what stands beside them, or (without `events`) one event."""

    events: tuple[Raw, ...] | UnsetType = UNSET
    token: str | None = None
    sent_at_ms: int | None = None
    event: Raw | UnsetType = UNSET


class _Named(Struct, frozen=True):
    event_id: str | None = None


class Arrival(Struct, frozen=True):
    """One event that may be kept: whose it is, and without any raw id."""

    customer: Customer
    event: Event


_LIST = msgspec.json.Decoder(tuple[Raw, ...])
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_NAMED = msgspec.json.Decoder(_Named)


def posted(body: bytes) -> Posted:
    """Return what a body holds: one event, a list of events, or an object with `events`.

    Raises:
        Refused: 400 where it is none of these or names more events than one request may.
    """
    try:
        found = _posted(body)
    except Refused as refused:
        # A text of JavaScript may hold half a pair, for which msgspec refuses all that stands around it.
        mended = _ESCAPE.sub(lambda escape: rb"\ufffd" if escape[1] else escape[0], body)
        if refused.code != "not_json" or mended == body:
            raise
        found = _posted(mended)
    if len(found.events) > MAX_EVENTS:
        raise Refused(HTTPStatus.BAD_REQUEST, "too_many_events", f"Send at most {MAX_EVENTS} events at once.")
    return found


def _posted(body: bytes) -> Posted:
    if body.lstrip()[:1] == b"[":
        return Posted(decoded(body, _LIST))
    envelope = decoded(body, _ENVELOPE)
    if envelope.events is not UNSET:
        return Posted(envelope.events, envelope.token, envelope.sent_at_ms)
    if envelope.event is not UNSET:
        return Posted((Raw(body),))
    raise Refused(HTTPStatus.BAD_REQUEST, "no_events", 'Send one event, a list of events, or {"events": [...]}.')


def arrivals(batch: Posted, caller: Caller, pseudonymise: Pseudonymise, now_ms: int) -> list[Arrival | EventAnswer]:
    """Return each event with its customer, or why it is refused, in the request's order. About 8 microseconds an event."""
    return [_arrival(raw, batch.sent_at_ms, caller, pseudonymise, now_ms) for raw in batch.events]


def _arrival(raw: Raw, sent_at_ms: int | None, caller: Caller, pseudonymise: Pseudonymise, now_ms: int) -> Arrival | EventAnswer:
    try:
        event = _EVENT.decode(raw)
    except (ValueError, RecursionError) as fault:
        return refused(_id_in(raw), str(fault) if isinstance(fault, msgspec.DecodeError) else "is not JSON in UTF-8")
    try:
        customer = _whose(event, caller, pseudonymise)
        event_time_ms = corrected(event.event_time_ms, sent_at_ms, now_ms)
    except ValueError as fault:
        return refused(event.event_id, str(fault))
    wrong = wrong_time(event_time_ms, now_ms)
    if wrong is not None:
        return refused(event.event_id, wrong)
    if event_time_ms != event.event_time_ms:
        event = msgspec.structs.replace(event, event_time_ms=event_time_ms)
    return Arrival(customer, named(event, customer))


def refused(event_id: str | None, problem: str) -> EventAnswer:
    """Return the answer to an event that is not kept."""
    return EventAnswer("refused", event_id, problem)


def _whose(event: Event, caller: Caller, pseudonymise: Pseudonymise) -> Customer:
    """Return whom the event is about: for a token its customer, whatever the event says. Raises ValueError."""
    if not isinstance(caller, Shop):
        return caller.customer
    if event.customer is not None and not _PSEUDONYM.fullmatch(event.customer):
        raise ValueError("customer is no pseudonym: send the customer's id as user_id or client_id, it is replaced here.")
    customer = customer_of(event, pseudonymise)
    if customer is None:
        raise ValueError("names nobody: send user_id, or client_id of somebody who is not signed in.")
    return customer


def _id_in(raw: Raw) -> str | None:
    try:
        return _NAMED.decode(raw).event_id
    except (ValueError, RecursionError):
        return None
