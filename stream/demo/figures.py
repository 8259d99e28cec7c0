"""The figures of a run, at one moment of it."""

from collections import deque

from msgspec import Struct

from stream.demo.score import Score


class Figures(Struct, frozen=True):
    """What a run did. Rates are shares from 0 to 1; None where nothing was there to be measured."""

    seconds: float
    events: int
    suggestions: int
    events_per_s: float
    suggestions_per_s: float
    p50_ms: float | None
    p99_ms: float | None
    hit_rate: float | None
    popular_hit_rate: float | None
    answers: int
    late: int
    log_loss: float | None
    model_version: int | None
    lag: int
    dead_letters: int
    memory_mib: float | None
    warmed_up_with: int


def figures_of(
    score: Score,
    *,
    seconds: float,
    lag: int,
    dead_letters: int,
    model: tuple[int | None, float | None],
    memory_mib: float | None,
    history: int,
) -> Figures:
    """Return the figures after `seconds` of live running; `model` is its version and its log loss."""
    version, log_loss = model
    return Figures(
        seconds=round(seconds, 1),
        events=score.events,
        suggestions=score.suggestions,
        events_per_s=round(score.events / max(seconds, 0.001), 1),
        suggestions_per_s=round(score.suggestions / max(seconds, 0.001), 1),
        p50_ms=_rounded(score.wait_ms(0.5), 1),
        p99_ms=_rounded(score.wait_ms(0.99), 1),
        hit_rate=_rounded(score.hit_rate, 4),
        popular_hit_rate=_rounded(score.popular_hit_rate, 4),
        answers=score.closed,
        late=score.late,
        log_loss=_rounded(log_loss, 4),
        model_version=version,
        lag=lag,
        dead_letters=dead_letters,
        memory_mib=_rounded(memory_mib, 1),
        warmed_up_with=history,
    )


class Course(Struct):
    """How the figures went: a sample twice a second of the last two minutes."""

    samples: deque[Figures]

    @classmethod
    def empty(cls) -> "Course":
        """Return a course without a sample."""
        return cls(deque(maxlen=240))

    def of(self, field: str) -> list[float]:
        """Return one figure's course, oldest first; what could not be measured is left out."""
        return [value for sample in self.samples if (value := getattr(sample, field)) is not None]

    def rate_of(self, field: str) -> list[float]:
        """Return a count's growth per second from sample to sample."""
        pairs = zip(self.samples, list(self.samples)[1:], strict=False)
        return [(getattr(b, field) - getattr(a, field)) / max(b.seconds - a.seconds, 0.1) for a, b in pairs]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
