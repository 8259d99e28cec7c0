"""When a record is to be sent: as its time says, faster by a factor, and never more than so many a second."""

import time
from collections.abc import Callable

CATCH_UP_S = 2.0  # what was missed while nobody could send is made up for within this, and else let go


class Pace:
    """Tells when records are due, one after the other.

    Args:
        speed: 1: as they came, 60: an hour in a minute; None: at once.
        most_per_s: records a second at most; None: as many as there are.
        now_s: a clock that never goes back.
    """

    def __init__(self, speed: float | None, most_per_s: float | None, now_s: Callable[[], float] = time.monotonic) -> None:
        self._speed, self._most_per_s, self._now_s = speed, most_per_s, now_s
        self._zero_s: float | None = None  # when a record of time 0 would have been due
        self._last_s = float("-inf")

    def due_s(self, timestamp_ms: int) -> float:
        """Return when, by the clock, a record is due; one that is late is due now, and what is long past is not made up for."""
        now_s = due_s = self._now_s()
        earliest_s = now_s - CATCH_UP_S
        if self._speed is not None:
            past_s = timestamp_ms / 1_000 / self._speed
            if self._zero_s is None or self._zero_s + past_s < earliest_s:
                self._zero_s = (now_s if self._zero_s is None else earliest_s) - past_s
            due_s = self._zero_s + past_s
        if self._most_per_s is not None:
            due_s = max(due_s if self._speed is not None else earliest_s, self._last_s + 1 / self._most_per_s)
            if self._last_s == float("-inf"):
                due_s = max(due_s, now_s)
        self._last_s = due_s
        return due_s
