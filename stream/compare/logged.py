"""What was really shown and what became of it, as the log's training records tell, joined with what each policy would have shown."""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from online_models.uptake.join import KINDS, LATE_MS, SEEN, TAKEN, WINDOW_MS, meant
from stream.compare.places import Chance, Places, chance_of
from stream.compare.source import TOPICS
from stream.contracts.suggestion import SUGGESTION_LIFE_MS
from stream.contracts.training import Outcome, Shown
from stream.engine.record import Record

HEARD_MS = WINDOW_MS + LATE_MS  # as long as the uptake model waits for a late yes
ANSWER_KEPT_MS = 2 * SUGGESTION_LIFE_MS  # a worker that is farther behind says nothing, so what it shows stands near its cause
EXPORT = f"`tsuide export OUT {' '.join(f'--topic {topic}' for topic in TOPICS)}`"
NO_TRAINING = f"the log holds nothing of what was shown; {EXPORT} takes it along"
NO_CAUSE = f"what was shown, and seen, was not replayed; {EXPORT} takes the inputs of the same time along"
NO_IMPRESSION = "no view_item_list names a suggestion: what was on screen, and not taken up, is not known"


class _Kind(Struct, frozen=True):
    kind: str = ""


_KIND = msgspec.json.Decoder(_Kind)
_SHOWN, _OUTCOME = msgspec.json.Decoder(Shown), msgspec.json.Decoder(Outcome)


class Seen(Struct, frozen=True):
    """One card that was on screen. `weights` and `filled`: policy by policy, as `Tally.add` wants them."""

    customer: str
    taken: bool
    weights: tuple[float, ...]
    filled: tuple[bool, ...]


class _Card(Struct):
    list_id: str
    index: int
    propensity: float
    heard: frozenset[str] = frozenset()
    chances: tuple[Chance, ...] = ()


class _Held(Struct):
    opened_ms: int
    cards: dict[str, _Card]
    customer: str | None = None  # None: its occasion was not replayed yet


class _Answer(Struct, frozen=True):
    given_ms: int
    customer: str
    each: tuple[Places, ...]


class Logged:
    """Joins the log's `shown` and `outcome` records with the replays' answers, by the suggestion's id, in whatever order they come.

    A card counts once it was seen: an impression, a click, a cart line, a purchase or a dismissal of it was heard within two hours of
    the log's own clock, and it was taken up where that was one of the middle three. A policy's weight on it is (probability of this item
    at this place under the policy) / (the logged propensity). Held: the suggestions of two hours.

    Attributes:
        shown: suggestions that were shown.
        impressions: outcomes that say what was on screen.
        matched: seen cards whose occasion was replayed; `unmatched`: those whose was not.
        damaged: records and cards that cannot be used.
        beside: by the policy's number, its cards at places where something was shown.
    """

    def __init__(self) -> None:
        self.shown = self.impressions = self.matched = self.unmatched = self.damaged = 0
        self.beside: Counter[int] = Counter()
        self._clock_ms = 0
        self._held: dict[str, _Held] = {}
        self._answers: dict[str, _Answer] = {}

    @property
    def missing(self) -> str | None:
        """Return why the log tells nothing of uptake, and what to do; None where it tells something."""
        if not self.shown:
            return NO_TRAINING
        if not self.impressions:
            return NO_IMPRESSION
        return None if self.matched else NO_CAUSE

    def take(self, record: Record, *, shown: bool = True) -> None:
        """Take in one record of tsuide.training.v1, without `shown` only outcomes; kinds that tell nothing of uptake are passed over."""
        self._clock_ms = max(self._clock_ms, record.timestamp_ms)
        value = record.value or b""
        try:
            kind = _KIND.decode(value).kind
            if kind == "shown" and shown:
                self._show(_SHOWN.decode(value))
            elif kind == "outcome":
                self._hear(_OUTCOME.decode(value))
        except (msgspec.DecodeError, UnicodeDecodeError):  # a ValidationError is a DecodeError
            self.damaged += 1

    def answered(self, suggestion_id: str, customer: str, each: Sequence[Places], at_ms: int) -> None:
        """Take in what each policy would have shown on the occasion of this suggestion, whether it was shown or not."""
        self._clock_ms = max(self._clock_ms, at_ms)
        answer = _Answer(self._clock_ms, customer, tuple(each))
        held = self._held.get(suggestion_id)
        if held is None:
            self._answers[suggestion_id] = answer
        else:
            self._weigh(held, answer)

    def settled(self) -> Iterator[Seen]:
        """Yield the seen cards of which nothing more is waited for."""
        while self._answers and (oldest := next(iter(self._answers))) and self._is_over(self._answers[oldest].given_ms, ANSWER_KEPT_MS):
            del self._answers[oldest]
        while self._held and (oldest := next(iter(self._held))) and self._is_over(self._held[oldest].opened_ms, HEARD_MS):
            yield from self._seen(self._held.pop(oldest))

    def rest(self) -> Iterator[Seen]:
        """Yield the seen cards that are still held, at the end of the log."""
        while self._held:
            yield from self._seen(self._held.pop(next(iter(self._held))))

    def _is_over(self, since_ms: int, for_ms: int) -> bool:
        return since_ms + for_ms <= self._clock_ms

    def _show(self, said: Shown) -> None:
        if said.suggestion_id in self._held:
            return  # published again after a crash, the same
        fair = [item for item in said.items if 0 < item.propensity <= 1]
        self.damaged += len(said.items) - len(fair)
        self.shown += 1
        held = _Held(self._clock_ms, {item.item_id: _Card(item.item_list_id, item.index, item.propensity) for item in fair})
        self._held[said.suggestion_id] = held
        answer = self._answers.pop(said.suggestion_id, None)
        if answer is not None:
            self._weigh(held, answer)

    def _hear(self, said: Outcome) -> None:
        held = self._held.get(said.suggestion_id)
        if held is None or said.event not in KINDS:
            return
        self.impressions += said.event == SEEN
        for card in meant(held.cards, said.event, (said.item_id, *said.more) if said.item_id else (), said.item_list_id):
            card.heard |= {said.event}

    def _seen(self, held: _Held) -> Iterator[Seen]:
        for card in held.cards.values():
            if not card.heard:
                continue
            if held.customer is None:
                self.unmatched += 1
                continue
            self.matched += 1
            weights = tuple(chance.p / card.propensity for chance in card.chances)
            yield Seen(held.customer, bool(card.heard & TAKEN), weights, tuple(chance.filled for chance in card.chances))

    def _weigh(self, held: _Held, answer: _Answer) -> None:
        held.customer = answer.customer
        for item_id, card in held.cards.items():
            card.chances = tuple(chance_of(places, card.list_id, card.index, item_id) for places in answer.each)
            self.beside.update(number for number, chance in enumerate(card.chances) if chance.filled)
