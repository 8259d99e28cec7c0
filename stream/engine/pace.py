"""How much is worked at once."""

WORK_BUDGET_S = 0.05  # the event loop is never held longer by one chunk
OUTGOING_BUDGET_BYTES = 1_000_000
FEWEST_RECORDS = 16


class Pace:
    """How many records a chunk holds: what the budget allows at the cost of the last ones, and never more than `limit`."""

    def __init__(self, limit: int, budget_s: float) -> None:
        self._limit, self._budget_s = limit, budget_s
        self._record_s = 0.0  # what one took of the last chunk
        self.records = limit

    def is_used_up(self, used_s: float, sent_bytes: int) -> bool:
        """Tell whether a chunk is to end here, if it may."""
        return used_s > self._budget_s or sent_bytes > OUTGOING_BUDGET_BYTES

    def expected_s(self, records: int) -> float:
        """Return how long so many records will take, at the cost of the last ones."""
        return records * self._record_s

    def worked(self, records: int, used_s: float) -> None:
        """Take in what a chunk took; the next holds at most twice as many records as were allowed now."""
        self._record_s = max(used_s, 1e-6) / records
        affordable = self._budget_s / self._record_s
        self.records = int(min(self._limit, max(FEWEST_RECORDS, min(affordable, 2 * self.records))))
