"""The browsers that are connected, and what each is still to be sent."""

import asyncio
from collections import Counter, defaultdict
from http import HTTPStatus
from typing import Literal

from stream.contracts.ids import Customer
from stream.gateway.held import Held
from stream.gateway.problems import Refused

A_CUSTOMER = 8  # streams; the tabs of a browser share one
MOST_PENDING = 64  # suggestions: several sessions' lists; who has not read these begins anew
RETRY_AFTER_S = 5

Last = Literal["reauth", "opted_out", "end"]  # end: nothing is said


class Subscriber:
    """One stream's queue: at most one list a place on the page is pending, however long the client reads nothing."""

    __slots__ = ("_last", "_pending", "_reset", "_tally", "_wake", "customer")

    def __init__(self, customer: Customer, tally: Counter[str] | None = None) -> None:
        self.customer = customer
        self._tally = Counter[str]() if tally is None else tally
        self._pending: list[Held] = []
        self._reset = False
        self._last: Last | None = None
        self._wake = asyncio.Event()

    def put(self, held: Held) -> None:
        """Add what is newest; of what is pending it takes the places. More than anybody reads at once becomes a reset."""
        left = (pending.without(held.places) for pending in self._pending)
        self._pending = [*(pending for pending in left if pending is not None), held]
        if len(self._pending) > MOST_PENDING:
            self._tally["queue_drops"] += 1
            self.reset()
        self._wake.set()

    def reset(self) -> None:
        """Let go of what is pending and tell the page to begin anew."""
        self._pending, self._reset = [], True
        self._wake.set()

    def close(self, last: Last | None) -> None:
        """End the stream at once, with this event if any; what is pending is left to the next one. The first call counts."""
        self._last = self._last or last or "end"
        self._pending, self._reset = [], False
        self._wake.set()

    @property
    def waiting(self) -> bool:
        """Whether something is to be sent."""
        return self._last is not None or self._reset or bool(self._pending)

    async def next(self) -> Held | Literal["reset"] | Last:
        """Wait for what is to be sent and return it; after one of `Last` nothing more comes."""
        while not self.waiting:
            self._wake.clear()
            await self._wake.wait()
        if self._last is not None:
            return self._last
        if self._reset:
            self._reset = False
            return "reset"
        return self._pending.pop(0)


class Subscribers:
    """All streams of this process by customer. Publishing costs what the customer's own streams cost.

    Tally: `streams` opened, `streams_full` refused, `queue_drops`: queues let go because a client read nothing.
    """

    def __init__(self, most: int, tally: Counter[str] | None = None) -> None:
        self._most = most
        self._tally = Counter[str]() if tally is None else tally
        self._of: defaultdict[Customer, list[Subscriber]] = defaultdict(list)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, customer: Customer) -> Subscriber:
        """Return a new stream of this customer; the oldest of more than 8 ends.

        Raises:
            Refused: 503 `full` when the gateway has as many streams as it may have.
        """
        if len(self._of.get(customer, ())) >= A_CUSTOMER:
            oldest = self._of[customer][0]
            oldest.close(None)
            self.remove(oldest)
        if self._count >= self._most:
            self._tally["streams_full"] += 1
            raise Refused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "full",
                f"This gateway has its {self._most:,} streams: try again, or start another gateway.",
                {"Retry-After": str(RETRY_AFTER_S)},
            )
        subscriber = Subscriber(customer, self._tally)
        self._tally["streams"] += 1
        self._of[customer].append(subscriber)
        self._count += 1
        return subscriber

    def remove(self, subscriber: Subscriber) -> None:
        """Let go of a stream; a second time does nothing."""
        streams = self._of.get(subscriber.customer, [])
        if subscriber in streams:
            streams.remove(subscriber)
            self._count -= 1
            if not streams:
                del self._of[subscriber.customer]

    def publish(self, held: Held) -> None:
        """Put it to every stream of its customer."""
        for subscriber in self._of.get(held.customer, ()):
            subscriber.put(held)

    def close_all_of(self, customer: Customer, last: Last | None) -> None:
        """End every stream of a customer at once, with this event."""
        for subscriber in self._of.get(customer, ()):
            subscriber.close(last)

    def close_all(self) -> None:
        """End every stream without a word: browsers come back and resume, here or elsewhere."""
        for customer in list(self._of):
            self.close_all_of(customer, None)
