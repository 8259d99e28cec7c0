"""What a load has measured so far: what was sent, acknowledged and answered, and how long each waited."""

from collections import Counter

from msgspec import Struct

from stream.load.schedule import Schedule
from stream.load.waits import Bound, Spread, Waits

LEAST_OF_RATE = 0.95  # below this share of what was asked, the figures are another load's


class Report(Struct, frozen=True):
    """The figures of one run, without its warm-up. Waits are in milliseconds, each from the moment at which its event was due.

    `answered`: a suggestion could be read. `silent`: handled, and the policy kept silent. `not_handled`: records of the run, of the
    warm-up too, that no worker has committed. `twice`: answers that came again under the same id, which readers drop. `failed`: events
    that the broker did not take, by error. `left_out`: lines of the log that cannot be read. `missed`: why the run counts as failed.
    """

    rate: float
    reached: float
    seconds: float
    sent: int
    answered: int
    silent: int
    not_handled: int
    twice: int
    failed: dict[str, int]
    left_out: int
    customers: int
    interrupted: bool
    suggestion: Spread
    acknowledged: Spread
    late: Spread
    missed: tuple[str, ...]


class Measured:
    """Counts and times; the numbers are the schedule's, times are seconds after the beginning."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.suggestion, self.acknowledged, self.late = Waits(), Waits(), Waits()
        self._lately = Waits()
        self.newest = -1  # the number that was sent last
        self.failed: Counter[str] = Counter()
        self.failed_counting = self.answered = self.acks = self.twice = 0
        self.reached = 0.0
        self._answered = bytearray(schedule.count)

    @property
    def sent(self) -> int:
        """How many of the events that count were sent."""
        return max(0, self.newest + 1 - self.schedule.first)

    @property
    def settled(self) -> int:
        """How many events the broker has acknowledged or refused, of the warm-up too."""
        return self.acks + self.failed.total()

    def send(self, number: int, at_s: float) -> None:
        """Note that an event was handed to the producer; numbers come in order."""
        self.newest = number
        if number >= self.schedule.first:
            self.late.add(at_s - self.schedule.due_s(number))
            self.reached = self.schedule.reached(number, at_s)

    def acknowledge(self, number: int, at_s: float) -> None:
        """Note that the broker has it."""
        self.acks += 1
        if number >= self.schedule.first:
            self.acknowledged.add(at_s - self.schedule.due_s(number))

    def fail(self, number: int, error: str) -> None:
        """Note that the broker did not take it."""
        self.failed[error] += 1
        self.failed_counting += number >= self.schedule.first

    def answer(self, number: int, at_s: float) -> float | None:
        """Note that its answer could be read; returns the wait in seconds, None where it does not count or came before."""
        if not 0 <= number < self.schedule.count:
            return None
        if self._answered[number]:
            self.twice += 1
            return None
        self._answered[number] = 1
        if number < self.schedule.first:
            return None
        wait_s = at_s - self.schedule.due_s(number)
        self.answered += 1
        self.suggestion.add(wait_s)
        self._lately.add(wait_s)
        return wait_s

    def lately(self) -> Waits:
        """Return the waits of the suggestions that were read since this was asked last."""
        waits, self._lately = self._lately, Waits()
        return waits

    def report(self, *, not_handled: int, left_out: int, customers: int, interrupted: bool, bounds: tuple[Bound, ...] = ()) -> Report:
        """Return the figures, held against the rate, the broker's and the workers' part, and the bounds."""
        return Report(
            rate=self.schedule.rate,
            reached=self.reached,
            seconds=self.sent / self.reached if self.reached else 0.0,
            sent=self.sent,
            answered=self.answered,
            silent=max(0, self.sent - self.failed_counting - self.answered - not_handled),
            not_handled=not_handled,
            twice=self.twice,
            failed=dict(self.failed),
            left_out=left_out,
            customers=customers,
            interrupted=interrupted,
            suggestion=self.suggestion.spread(),
            acknowledged=self.acknowledged.spread(),
            late=self.late.spread(),
            missed=tuple(self._missed(not_handled, bounds)),
        )

    def _missed(self, not_handled: int, bounds: tuple[Bound, ...]) -> list[str]:
        missed = []
        if self.sent and self.reached < LEAST_OF_RATE * self.schedule.rate:
            missed.append(f"the rate was {self.reached:,.1f} of {self.schedule.rate:g} events/s: load from more machines, or ask for less")
        if self.failed:
            missed.append(f"the broker did not take {self.failed.total()} events: {', '.join(self.failed)}")
        if not_handled:
            missed.append(f"{not_handled} records were not handled yet: the workers do not keep up, see `tsuide lag`")
        return missed + [words for bound in bounds if (words := bound.missed_by(self.suggestion)) is not None]
