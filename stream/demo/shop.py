"""A shop's log: its older part as history, its newer part as visits that happen now; a small log comes around again."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path

import msgspec
from msgspec import Struct

from stream.contracts.catalog import CatalogItem
from stream.contracts.events import AddToCart, Event, Item, Purchase
from stream.demo.shops import About, about, log_in
from stream.engine.who import Pseudonymise
from stream.logs import read_catalog, read_events

LIVE_SHARE = 0.2  # the newest part of the log: the weeks before Christmas
LINE_MS = 90_000  # a customer needs this long for one line, on the log's own clock
MOST_LINES = 60  # of one invoice; longer ones are resellers' stock orders, which nobody puts together live


class Shop(Struct, frozen=True):
    """What happened before the demo's first minute, in order of time, and the purchases that come after.

    `sold` counts the orders with an item in all of the log that lies before the live part, however little of it is `history`.
    """

    catalog: list[CatalogItem]
    history: list[Event]
    upcoming: list[Purchase]
    sold: Mapping[str, int]
    about: About = About()


class Visit(Struct, frozen=True):
    """One invoice as it comes about: its lines one by one, the purchase at its own time. Times are the log's."""

    invoice: str
    customer: str
    currency: str | None
    bought_ms: int
    items: tuple[Item, ...]
    language: str = "en"

    def time_ms(self, place: int) -> int:
        """Return when line `place` is put into the cart; the place after the last line is the purchase."""
        return self.bought_ms - (len(self.items) - place) * LINE_MS


class Step(Struct, frozen=True, order=True):
    """The next thing that somebody does; `place` is the line of the visit, or after the last one the purchase."""

    time_ms: int
    number: int  # of the visit, for a fixed order of what happens at once
    place: int


def open_shop(folder: Path, pseudonymise: Pseudonymise, *, history: int) -> Shop:
    """Return the shop in `folder`, with the newest `history` events before its live part; a log that comes around again is all of both.

    About 1 s.
    """
    says = about(folder)
    events = list(read_events(log_in(folder, "events"), pseudonymise))
    live_from = len(events) if says.again else int(len(events) * (1 - LIVE_SHARE))
    before, live = events[:live_from], events if says.again else events[live_from:]
    upcoming = [event for event in live if isinstance(event, Purchase) and event.transaction_id]
    sold = Counter(line.item_id for event in before if isinstance(event, Purchase) for line in event.items)
    return Shop(list(read_catalog(log_in(folder, "catalog"))), before[max(0, live_from - history) :], upcoming, sold, says)


def moved(history: list[Event], newest_ms: int) -> list[Event]:
    """Return the history as if its newest event had happened at `newest_ms`, the others as long before it as they did.

    The live part happens now, beside visitors of today: beside them a history of its own year would have aged to nothing.
    """
    by_ms = newest_ms - max((event.event_time_ms for event in history), default=newest_ms)
    return [msgspec.structs.replace(event, event_time_ms=event.event_time_ms + by_ms) for event in history]


def visit_of(purchase: Purchase) -> Visit:
    """Return the visit that ends in this purchase, cut to its first lines where it is very long."""
    invoice = purchase.transaction_id or purchase.event_id
    lines, language = purchase.items[:MOST_LINES], purchase.language or "en"
    return Visit(invoice, purchase.customer or invoice, purchase.currency, purchase.event_time_ms, lines, language)


def played(shop: Shop, pseudonymise: Pseudonymise) -> Iterator[tuple[Visit, int]]:
    """Yield what happens live: the shop's visits once, or, where they come around again, without end and each time as somebody else's."""
    visits = [visit_of(purchase) for purchase in shop.upcoming]
    if not shop.about.again or not visits:
        yield from steps(visits)
        return
    times_ms = [visit.bought_ms for visit in visits]
    for number in count(1):
        yield from steps([_as_others(visit, number, max(times_ms) - min(times_ms), pseudonymise) for visit in visits])


def _as_others(visit: Visit, number: int, round_ms: int, pseudonymise: Pseudonymise) -> Visit:
    return msgspec.structs.replace(
        visit,
        invoice=f"{visit.invoice}-{number}",
        customer=pseudonymise(f"{visit.customer} for the {number}. time"),
        bought_ms=visit.bought_ms + (number - 1) * round_ms,
    )


def steps(visits: Iterable[Visit]) -> Iterator[tuple[Visit, int]]:
    """Yield (visit, place) of everything that happens, in order of the log's clock; visits overlap as they did."""
    by_start = sorted(enumerate(visits), key=lambda numbered: (numbered[1].time_ms(0), numbered[0]))
    running: list[Step] = []
    open_visits: dict[int, Visit] = {}
    for number, visit in by_start:
        while running and running[0].time_ms <= visit.time_ms(0):
            yield _next(running, open_visits)
        open_visits[number] = visit
        heapq.heappush(running, Step(visit.time_ms(0), number, 0))
    while running:
        yield _next(running, open_visits)


def _next(running: list[Step], open_visits: dict[int, Visit]) -> tuple[Visit, int]:
    step = heapq.heappop(running)
    visit = open_visits[step.number]
    if step.place < len(visit.items):
        heapq.heappush(running, Step(visit.time_ms(step.place + 1), step.number, step.place + 1))
    else:
        del open_visits[step.number]
    return visit, step.place


def event_id(visit: Visit, place: int) -> str:
    """Return the id of a step's event."""
    return f"{visit.invoice}-{place}"


def event_of(visit: Visit, place: int, at_ms: int, *, suggestion_id: str | None = None) -> AddToCart | Purchase:
    """Return what the shop sends for this step at `at_ms`; `suggestion_id` where the item was suggested before."""
    bought = place == len(visit.items)
    kind = Purchase if bought else AddToCart
    return kind(
        event_id=event_id(visit, place),
        event_time_ms=at_ms,
        customer=visit.customer,
        session_id=visit.invoice,
        language=visit.language,
        currency=visit.currency,
        items=visit.items if bought else (visit.items[place],),
        transaction_id=visit.invoice if bought else None,
        suggestion_id=suggestion_id,
    )
