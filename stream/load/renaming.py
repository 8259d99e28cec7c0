"""An event of a log as it happens now, to somebody who is nobody: pure, the same names for the same run."""

from functools import lru_cache
from hashlib import blake2b

import msgspec

from stream.contracts.events import Event, Usage
from stream.contracts.ids import Customer

KEY_ID = "load"  # in front of every customer of a load, where a shop's own have their key id (k1:...)
KEPT_NAMES = 50_000


class Renaming:
    """Gives the events of one run their new names and times.

    Who looked, in which session and order, is told apart as the log does, each time that it comes around as others. The customers are
    `load:` and 64 hex digits, the rest begins with `load-`, so that no customer of the shop is touched and everything of a load can be
    told by its name. An event happens when it is due: each customer's keep the log's order, the pauses between them are the rate's.
    What an event says of a suggestion is left out, as that suggestion was another's.

    Args:
        run: names the run; two runs have no customer and no event in common.
        customers: into how many customers the log's are put together; None: as many as the log has, and others each time around.
    """

    def __init__(self, run: str, *, customers: int | None = None) -> None:
        self.run, self._customers = run, customers
        self._hash = lru_cache(KEPT_NAMES)(_hash)

    def renamed(self, event: Event, *, number: int, turn: int, at_ms: int) -> Event:
        """Return event `number` of the run, in the log's round `turn`, as of `at_ms` (milliseconds since 1970 UTC). 5 microseconds."""
        who = event.customer or ""
        changed = {
            "event_id": f"load-{self.run}-{number}",
            "event_time_ms": at_ms,
            "customer": self._customer(who, turn),
            "session_id": self._named("session", turn, event.session_id and f"{who} {event.session_id}"),
            "transaction_id": self._named("order", turn, event.transaction_id),
            "suggestion_id": None,
        }
        if isinstance(event, Usage) and event.resets_ms is not None:
            changed["resets_ms"] = event.resets_ms + at_ms - event.event_time_ms
        return msgspec.structs.replace(event, **changed)

    def number_of(self, event_id: str) -> int | None:
        """Return which event of this run has the id; None where it is none of ours."""
        run, _, number = event_id.removeprefix("load-").partition("-")
        return int(number) if run == self.run and event_id.startswith("load-") and number.isdecimal() else None

    def _customer(self, who: str, turn: int) -> Customer:
        if self._customers is None:
            return Customer(f"{KEY_ID}:{self._hash(self.run, 'customer', turn, who)}")
        place = int(self._hash(self.run, "customer", 0, who)[:16], 16) % self._customers
        return Customer(f"{KEY_ID}:{self._hash(self.run, 'place', 0, str(place))}")

    def _named(self, kind: str, turn: int, name: str | None) -> str | None:
        return f"load-{self._hash(self.run, kind, turn, name)[:32]}" if name else None


def is_of_a_load(customer: bytes | None) -> bool:
    """Tell whether a record's key is a customer of some load."""
    return customer is not None and customer.startswith(f"{KEY_ID}:".encode())


def _hash(run: str, kind: str, turn: int, name: str) -> str:
    return blake2b(f"{run} {kind} {turn} {name}".encode(), digest_size=32).hexdigest()
