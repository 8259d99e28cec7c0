"""POST /v1/events: what customers do, from their browsers and from the shop's backend, into the log."""

import asyncio
from collections.abc import Callable, Container, Mapping, Sequence

import msgspec
from aiohttp import web
from msgspec import Struct

from stream.contracts.events import name_of
from stream.contracts.ids import Customer
from stream.contracts.topics import INPUT_BYTES, topic_of
from stream.contracts.web import EventAnswer, EventsAnswer
from stream.engine.record import Headers, Outgoing
from stream.gateway import keys
from stream.gateway.arrivals import Arrival, arrivals, posted, refused
from stream.gateway.bodies import JSON, body_of
from stream.gateway.callers import Caller, Shop
from stream.gateway.delivery import deliver, unavailable
from stream.gateway.repeats import Mark, Repeats, mark_of
from stream.gateway.token_desk import opted_out
from stream.gateway.tracing import traced
from stream.transport.partitions import partition_of

TYPES = (*JSON, "text/plain")  # a beacon of text needs no preflight, and browsers send no other as a page closes
MOST_VALUE_BYTES = INPUT_BYTES - 4_096  # what a record is besides its value: key, headers, framing

PartitionOf = Callable[[Customer], int]
REPEATS: web.AppKey[Repeats] = web.AppKey("repeats")
HOME: web.AppKey[PartitionOf] = web.AppKey("home")


class Sorted(Struct, frozen=True):
    """What becomes of a request's events, once the broker has what is to be sent."""

    answers: list[EventAnswer]
    outgoing: list[Outgoing]
    marks: list[Mark]  # of what is to be sent
    repeated: list[Mark]


def add_routes(app: web.Application) -> None:
    """Serve POST /v1/events."""
    partitions = app[keys.SETTINGS].partitions
    app[REPEATS] = Repeats()
    app[HOME] = lambda customer: partition_of(customer, partitions)
    app.router.add_post("/v1/events", traced(events))


async def events(request: web.Request, headers: Headers) -> web.Response:
    """Answer what became of each event, once the broker has acknowledged those that are accepted; their records get `headers`."""
    app = request.app
    body = await body_of(request, TYPES)
    # Only what is in the body can say who is asking where a beacon, which has no headers, brings it.
    batch = posted(body)
    caller = app[keys.CALLERS].either(request, batch.token)
    now_ms = int(app[keys.CLOCK]() * 1000)
    arrived = arrivals(batch, caller, app[keys.PSEUDONYMISE], now_ms)
    outs = await _opted_out(app, caller, arrived)
    # From here to `set_out` nothing awaits: two requests at once cannot both take the same event for new.
    repeats = app[REPEATS]
    sorted_ = sort(arrived, outs, known=repeats, home_of=app[HOME], now_ms=now_ms, headers=headers)
    await _hand_over(app, sorted_)
    app[keys.TALLY].update(f"event:{answered.fate}" for answered in sorted_.answers)
    answer = EventsAnswer(len(sorted_.marks), tuple(sorted_.answers))
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")


def sort(
    arrived: Sequence[Arrival | EventAnswer],
    outs: Mapping[Customer, bool],
    *,
    known: Container[Mark],
    home_of: PartitionOf,
    now_ms: int,
    headers: Headers = (),
) -> Sorted:
    """Return the answers, and the records of all events that are new and whose customers want to be remembered.

    Args:
        arrived: what `arrivals` returned.
        outs: who has opted out; whoever is missing has not.
        known: the marks of events that were sent before.
        home_of: the partition of a customer.
        now_ms: the records' timestamp.
        headers: of each record.
    """
    result = Sorted([], [], [], [])
    new: set[Mark] = set()
    for one in arrived:
        if isinstance(one, EventAnswer):
            result.answers.append(one)
            continue
        customer, event = one.customer, one.event
        mark = mark_of(customer, event.event_id)
        if outs.get(customer, False):
            result.answers.append(EventAnswer("opted_out", event.event_id))
        elif mark in new or mark in known:
            result.answers.append(EventAnswer("repeated", event.event_id))
            result.repeated.append(mark)
        elif (value := _encoded(one)) is None:
            result.answers.append(refused(event.event_id, "holds a number that JSON does not carry, or is too large for one record."))
        else:
            new.add(mark)
            result.marks.append(mark)
            result.outgoing.append(Outgoing(topic_of(name_of(event)), home_of(customer), customer.encode(), value, now_ms, headers))
            result.answers.append(EventAnswer("accepted", event.event_id))
    return result


def _encoded(arrival: Arrival) -> bytes | None:
    try:
        value = msgspec.json.encode(arrival.event)
    except (ValueError, OverflowError):
        return None
    return value if len(value) <= MOST_VALUE_BYTES else None


async def _opted_out(app: web.Application, caller: Caller, arrived: Sequence[Arrival | EventAnswer]) -> dict[Customer, bool]:
    """Return who has opted out: a token says it itself, and one that says otherwise is void by now."""
    if not isinstance(caller, Shop):
        return {caller.customer: caller.scope != "all"}
    customers = [one.customer for one in arrived if isinstance(one, Arrival)]
    return await opted_out(customers, app[keys.OPT_OUTS], app[keys.STORE], app[keys.SETTINGS].partitions)


async def _hand_over(app: web.Application, sorted_: Sorted) -> None:
    """Return once the broker has all of these, those too that another request is handing over. Raises Refused 503."""
    repeats = app[REPEATS]
    others = repeats.ways_of(sorted_.repeated)
    if sorted_.outgoing:
        way = repeats.set_out(sorted_.marks)
        try:
            await deliver(app[keys.PRODUCER], sorted_.outgoing)
        except BaseException:
            repeats.lost(sorted_.marks, way)
            raise
        repeats.arrived(sorted_.marks, way)
    for other in others:
        # Shielded: a request that is given up must not end the wait of others.
        if not await asyncio.shield(other):
            raise unavailable("broker_away", "The events are not taken now: send the same again in a moment.")
