"""How much of a past is worked before what it teaches is known: turn by turn."""

from collections.abc import Iterable, Iterator

from features.store.layout import SHORTEST_LIFE_MS
from stream.engine.record import Record

ANSWERED_AT_ONCE = 32  # records that do not know of each other: so many behind is a live worker at a thousand a second
ANSWERED_WITHIN_MS = 20_000  # and no longer: in a quiet hour a live worker has long learnt from one record when the next one comes
FOLDED_AT_ONCE = 500


class Turns:
    """Divides records, which are added in their order, into turns: at most so many, whose timestamps are so near to that of the first one.

    Where nobody is answered (`ranks` False) their number counts, and no profile's life ends within one.
    """

    def __init__(self, *, ranks: bool = True, most: int | None = None) -> None:
        self._most = most or (ANSWERED_AT_ONCE if ranks else FOLDED_AT_ONCE)
        self._within_ms = ANSWERED_WITHIN_MS if ranks else SHORTEST_LIFE_MS
        self._turn: list[Record] = []

    def add(self, record: Record) -> list[Record]:
        """Return the turn that is over with this record, which begins another one; empty: it belongs to the same."""
        turn = self._turn
        if len(turn) < self._most and not (turn and self._is_late(record, turn[0])):
            turn.append(record)
            return []
        self._turn = [record]
        return turn

    def rest(self) -> list[Record]:
        """Return the last turn, which may be empty; then another one begins."""
        turn, self._turn = self._turn, []
        return turn

    def of(self, records: Iterable[Record]) -> Iterator[list[Record]]:
        """Yield the turns of all these records."""
        for record in records:
            if turn := self.add(record):
                yield turn
        if turn := self.rest():
            yield turn

    def _is_late(self, record: Record, first: Record) -> bool:
        return record.timestamp_ms - first.timestamp_ms > self._within_ms
