"""Two threads that end a process which no longer ends or works by itself.

They are threads because what they watch may block the event loop, and because an exception inside Faust ends nothing.
"""

import os
import threading
import time
from collections.abc import Callable

from stream.engine.record import Record
from stream.exits import SHUTDOWN_TOO_SLOW, STALLED
from stream.telling.logger import at, logger_of

logger = logger_of(__name__)
LOOK_EVERY_S = 1.0


class StallWatchdog:
    """Ends the process when nothing was finished for `limit_s` although something was to be done.

    `progress` counts what was finished (batches, polls of the broker); `declared` names what is knowingly waited for, and
    while it does, no time counts. `behind` tells whether records wait; `in_hand` which one is being worked, for the last words.
    """

    def __init__(
        self,
        *,
        limit_s: float,
        batches: Callable[[], int],
        polls: Callable[[], int],
        behind: Callable[[], bool],
        declared: Callable[[], str | None],
        in_hand: Callable[[], Record | None] = lambda: None,
        end: Callable[[int], None] = os._exit,
    ) -> None:
        self._limit_s, self._batches, self._polls, self._behind, self._declared = limit_s, batches, polls, behind, declared
        self._in_hand, self._end = in_hand, end
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stall watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _watch(self) -> None:
        batches = polls = -1
        batch_s = poll_s = time.monotonic()
        while not self._stopped.wait(min(LOOK_EVERY_S, self._limit_s / 4)):
            now_s = time.monotonic()
            if self._batches() != batches or self._declared() is not None or not self._behind():
                batches, batch_s = self._batches(), now_s
            if self._polls() != polls or self._declared() is not None:
                polls, poll_s = self._polls(), now_s
            if now_s - batch_s > self._limit_s:
                self._give_up("no batch was finished although records wait")
            if now_s - poll_s > self._limit_s:
                self._give_up("the broker was not asked for records")

    def _give_up(self, why: str) -> None:
        logger.critical("process ends", exit_code=STALLED, reason="stalled", why=why, limit_s=self._limit_s, **at(self._in_hand()))
        self._end(STALLED)


def end_after(
    deadline_s: float, *, in_hand: Callable[[], Record | None] = lambda: None, end: Callable[[int], None] = os._exit
) -> threading.Timer:
    """Start the clock of an orderly end: when it runs out, the process ends anyway. Cancel it once the end was reached.

    Nothing is lost by it: what `in_hand` names is worked again at the next start.
    """

    def too_slow() -> None:
        logger.critical(
            "process ends", exit_code=SHUTDOWN_TOO_SLOW, reason="the orderly end took too long", limit_s=deadline_s, **at(in_hand())
        )
        end(SHUTDOWN_TOO_SLOW)

    timer = threading.Timer(deadline_s, too_slow)
    timer.daemon = True
    timer.start()
    return timer
