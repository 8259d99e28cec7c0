"""What processes say of themselves, as the figures that operations look at. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from stream.ops.top.between import Between, Values
from stream.ops.top.scrape import Kind, Page

SHARES = (0.5, 0.9, 0.99)
FAILURES, LOST = "tsuide_recommend_failures_total", "tsuide_lost_records_total"


class Told(Struct, frozen=True):
    """One process: what it is, whether its probe is told that it is ready, and why it told nothing."""

    address: str
    kind: Kind | None
    ready: bool | None
    fault: str | None


class Figures(Struct, frozen=True, kw_only=True):
    """All that processes told between two scrapes. Times in seconds, rates a second; None or absent: nobody told it."""

    told: tuple[Told, ...] = ()
    wait_s: tuple[float, float, float] | None = None  # p50, p90, p99
    stages_s: dict[str, float] = {}  # mean of a chunk
    events_per_s: float | None = None
    suggestions_per_s: float | None = None
    items_per_s: dict[str, float] = {}  # by list
    silences_per_s: dict[str, float] = {}  # by the policy's rule
    dead_letters: dict[str, int] = {}  # by class, since the workers began
    dead_letters_per_s: float | None = None
    failed_calls_per_s: dict[str, float] = {}  # by server
    waited_for: tuple[str, ...] = ()
    recommend_failures: int | None = None
    lost: int | None = None
    model_age_s: float | None = None
    log_loss: dict[str, float] = {}  # by head
    streams: int | None = None

    def missing(self) -> list[Kind]:
        """Return the kinds of process that told nothing."""
        kinds: tuple[Kind, ...] = ("worker", "trainer", "gateway")
        return [kind for kind in kinds if kind not in {one.kind for one in self.told}]


def figures_of(before: Sequence[Page], now: Sequence[Page]) -> Figures:
    """Return what two scrapes of the same addresses say."""
    between = Between(before, now)
    waits = between.percentiles("tsuide_event_age_seconds", SHARES)
    ages = between.largest("tsuide_model_age_seconds")
    streams, lost, failures = (_whole(between, name) for name in ("tsuide_streams", LOST, FAILURES))
    return Figures(
        told=tuple(Told(page.address, page.kind, _ready(page), page.fault) for page in now),
        wait_s=(waits[0], waits[1], waits[2]) if waits else None,
        stages_s=between.means("tsuide_chunk_duration_seconds", "stage"),
        events_per_s=between.rate("tsuide_events_total"),
        suggestions_per_s=between.rate("tsuide_suggestions_total"),
        items_per_s=_most_first(between.rates("tsuide_suggested_items_total", "list")),
        silences_per_s=_most_first(between.rates("tsuide_silences_total", "rule")),
        dead_letters={own: int(count) for (own,), count in between.sums("tsuide_dead_letters_total", "class").items() if count},
        dead_letters_per_s=between.rate("tsuide_dead_letters_total"),
        failed_calls_per_s={own: rate for (own,), rate in between.rates("tsuide_failed_calls_total", "server").items()},
        waited_for=tuple(own for (own,), waits_now in between.largest("tsuide_waiting", "server").items() if waits_now),
        recommend_failures=failures,
        lost=lost,
        model_age_s=max(ages.values(), default=None),
        log_loss={own: loss for (own,), loss in between.largest("tsuide_log_loss", "head").items()},
        streams=streams,
    )


def _whole(between: Between, name: str) -> int | None:
    found = between.sums(name)
    return int(sum(found.values())) if found else None


def _most_first(rates: Values) -> dict[str, float]:
    return {own: rate for (own,), rate in sorted(rates.items(), key=lambda one: (-one[1], one[0])) if rate > 0}


def _ready(page: Page) -> bool | None:
    found = page.samples.get("tsuide_ready", {})
    return bool(next(iter(found.values()))) if found else None
