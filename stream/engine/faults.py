"""Faults that cost one answer each: told once in full, then counted, so that a log stays readable when one comes often."""

import logging
import traceback
from collections import Counter

logger = logging.getLogger(__name__)
TELL_EVERY = 1_000


class Faults:
    """Logs the first fault of a place with its traceback, and every thousandth of it in one line."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: Counter[str] = Counter()

    def report(self, error: Exception, address: str) -> None:
        """Log `error`, which the record at `address` brought about."""
        innermost = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {innermost.filename}:{innermost.lineno}"
        self._seen[place] += 1
        if self._seen[place] == 1:
            logger.error("%s: record %s", self._what, address, exc_info=error)
        elif self._seen[place] % TELL_EVERY == 0:
            logger.error("%s: record %s, the %dth %s", self._what, address, self._seen[place], place)
