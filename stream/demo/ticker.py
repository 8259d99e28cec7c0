"""Which answers people get to see: one a second, the newest then, whatever becomes of it."""

from collections import deque
from collections.abc import Sequence

from stream.demo.score import Answer

EVERY_S = 1.0
KEPT = 40


class Ticker:
    """Picks without looking at the outcome, so that what is shown is as good and as bad as the rest."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._next_s = 0.0
        self.shown: deque[Answer] = deque(maxlen=KEPT)

    def look(self, answers: Sequence[Answer], now_s: float) -> Answer | None:
        """Take up the newest answer if it is time for another one; returns it then."""
        if now_s < self._next_s or not answers or (self.shown and self.shown[-1] is answers[-1]):
            return None
        self._next_s = now_s + self._every_s
        self.shown.append(answers[-1])
        return answers[-1]
