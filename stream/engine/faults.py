"""Faults in recommending, which cost one answer each: told once in full, then counted, so that a log stays readable."""

import traceback
from collections import Counter

from stream.engine.record import Record
from stream.telling.logger import at, logger_of

logger = logger_of(__name__)
TELL_EVERY = 1_000


class Faults:
    """Logs the first fault of a place with its traceback, and every thousandth of it in one line."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def report(self, error: Exception, record: Record) -> None:
        """Log `error`, which this record brought about: its event is counted, its suggestion is not made."""
        innermost = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {innermost.filename}:{innermost.lineno}"
        self._seen[place] += 1
        if self._seen[place] == 1:
            logger.error("suggestion not made", **at(record), exc_info=error)
        elif self._seen[place] % TELL_EVERY == 0:
            logger.error("suggestion not made", **at(record), times=self._seen[place], place=place)
