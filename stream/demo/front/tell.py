"""What the live page is told: the figures of the last seconds, and one answer a second with what became of it."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from stream.demo.figures import Course
from stream.demo.score import Answer, Score
from stream.demo.ticker import Ticker
from stream.demo.view import short

LAST = 8  # samples, twice a second, that rates are of
NEWEST_WAITS = 600  # that the percentiles are of: about the last half minute
OPEN = 100  # answers whose end is waited for
Outcome = Literal["open", "taken", "not"]


class LiveFigures(Struct, frozen=True):
    """The figures as they are now; rates and waiting times of the last seconds, hit rates and counts of the whole run.

    `clock_ms` is the log's own time.
    """

    clock_ms: int
    seconds: float
    events_per_s: float
    suggestions_per_s: float
    p50_ms: float | None
    p99_ms: float | None
    hit_rate: float | None
    popular_hit_rate: float | None
    lag: int
    log_loss: float | None
    model_version: int | None
    dead_letters: int
    memory_mib: float | None
    events: int
    suggestions: int


class Card(Struct, frozen=True):
    """A suggested item; `taken`: the customer had it later on."""

    item_id: str
    item_name: str
    reason: str
    taken: bool


class ToldAnswer(Struct, frozen=True):
    """Somebody put `put` into the cart and was shown these cards. Told again, under the same `suggestion_id`, once the outcome is known."""

    suggestion_id: str
    customer: str  # four digits of the pseudonym
    put: str
    item_id: str
    cards: tuple[Card, ...]
    outcome: Outcome


def live_figures(course: Course, score: Score, *, clock_ms: int) -> LiveFigures:
    """Return what the newest sample of `course` says, with rates over the last four seconds. `course` has a sample."""
    newest, before = course.samples[-1], course.samples[max(0, len(course.samples) - 1 - LAST)]
    over_s = max(newest.seconds - before.seconds, 0.1)
    p50_ms, p99_ms = (score.wait_ms(share, newest=NEWEST_WAITS) for share in (0.5, 0.99))
    return LiveFigures(
        clock_ms=clock_ms,
        seconds=newest.seconds,
        events_per_s=round((newest.events - before.events) / over_s, 1),
        suggestions_per_s=round((newest.suggestions - before.suggestions) / over_s, 1),
        p50_ms=None if p50_ms is None else round(p50_ms, 1),
        p99_ms=None if p99_ms is None else round(p99_ms, 1),
        hit_rate=newest.hit_rate,
        popular_hit_rate=newest.popular_hit_rate,
        lag=newest.lag,
        log_loss=newest.log_loss,
        model_version=newest.model_version,
        dead_letters=newest.dead_letters,
        memory_mib=newest.memory_mib,
        events=newest.events,
        suggestions=newest.suggestions,
    )


class Teller:
    """Picks an answer a second without looking at what becomes of it, and says later what did."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._ticker = Ticker()
        self._open: deque[Answer] = deque(maxlen=OPEN)

    def look(self, answers: Sequence[Answer], now_s: float) -> Iterator[ToldAnswer]:
        """Yield what is new: answers that were picked, and outcomes of those picked before."""
        known = [answer for answer in self._open if outcome_of(answer) != "open"]
        for answer in known:
            self._open.remove(answer)
            yield self._told(answer)
        picked = self._ticker.look(answers, now_s)
        if picked is not None:
            self._open.append(picked)
            yield self._told(picked)

    def _told(self, answer: Answer) -> ToldAnswer:
        put = answer.visit.items[answer.place].item_id
        cards = (
            Card(card.item_id, self._titles.get(card.item_id, card.item_id), card.reason.text, card.item_id == answer.taken)
            for card in answer.cards
        )
        title = self._titles.get(put, put)
        return ToldAnswer(answer.suggestion_id, short(answer.visit.customer), title, put, tuple(cards), outcome_of(answer))


def outcome_of(answer: Answer) -> Outcome:
    """Say what became of it, as far as is known."""
    if answer.taken is not None:
        return "taken"
    return "not" if answer.closed else "open"
