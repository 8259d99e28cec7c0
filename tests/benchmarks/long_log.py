"""A log of any length: a real one again and again, each round of other customers and later, in the order of time."""

from collections.abc import Iterator, Sequence
from itertools import islice

from stream.contracts.events import Event
from stream.load.renaming import Renaming
from tests.benchmarks.loads import rounds

DAY_MS = 24 * 60 * 60 * 1000


def long_log(events: Sequence[Event], count: int) -> Iterator[Event]:
    """Yield so many events; customers, sessions, orders and event ids are new with each round, items are the log's own.

    A round begins whole days after the one before it, as soon as that is over, so that nights stay nights. The same events give the same
    log. Nothing but `events` is held; about 10 microseconds an event.
    """
    ordered = sorted(events, key=lambda event: event.event_time_ms)
    round_ms = ((ordered[-1].event_time_ms - ordered[0].event_time_ms) // DAY_MS + 1) * DAY_MS
    renaming = Renaming("long")
    for number, (turn, event) in enumerate(islice(rounds(ordered), count)):
        yield renaming.renamed(event, number=number, turn=turn, at_ms=event.event_time_ms + turn * round_ms)
