"""When each event is due: open loop, so that a system that stalls does not slow down who asks it."""

from msgspec import Struct


class Schedule(Struct, frozen=True):
    """Event n is due n / rate seconds after the beginning, whatever became of those before it.

    Every wait is counted from there and not from when the event really left. What would have been sent while nothing moved is
    so told as having waited, which a load that asks again only when it was answered would leave out ("coordinated omission").

    `rate`: events a second; > 0. `seconds` count, after `warmup_s` seconds that do not.
    """

    rate: float
    seconds: float
    warmup_s: float = 0.0

    @property
    def first(self) -> int:
        """The number of the first event that counts."""
        return round(self.rate * self.warmup_s)

    @property
    def count(self) -> int:
        """How many events there are in all, at least one of them counting."""
        return self.first + max(1, round(self.rate * self.seconds))

    def due_s(self, number: int) -> float:
        """Return when event `number` is due, in seconds after the beginning."""
        return number / self.rate

    def reached(self, number: int, at_s: float) -> float:
        """Return the rate, in events a second, at which the counting events up to `number` left, the last of them at `at_s`.

        0.0 where none of them has left. The last one is given its own interval: on time, n events take n / rate seconds.
        """
        counted = number + 1 - self.first
        return counted / (at_s - self.due_s(self.first) + 1 / self.rate) if counted > 0 else 0.0
