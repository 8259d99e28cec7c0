"""What the suggestions were worth: how fast they came, and whether the basket proved them right. No I/O, no clock."""

from collections import Counter, deque
from collections.abc import Collection
from itertools import islice

from msgspec import Struct

from stream.contracts.suggestion import SuggestedItem, Suggestion
from stream.demo.shop import Visit, event_id

NEWEST = 10_000  # waiting times that the percentiles are of
ON_SCREEN = 60  # answers that a viewer may still look at
RECOUNT_EVERY = 200  # lines after which the most popular items are looked up again
POPULAR = 200  # of them; more than the longest cart, so that enough are left
WITH = ("bundle", "accessories")  # lists of what goes with the line


class Answer(Struct, eq=False):
    """A suggestion that came before the customer's next line. `taken` is the item that proved it right; open until the purchase."""

    visit: Visit
    place: int
    cards: tuple[SuggestedItem, ...]
    suggestion_id: str
    popular: tuple[str, ...]  # as many items as there are cards: what a list of bestsellers would have shown
    taken: str | None = None
    closed: bool = False


class _Open(Struct, eq=False):
    """A visit that is going on."""

    visit: Visit
    lines_sent: int
    answers: list[Answer]


class Score:
    """Counts a live run. Prequential: an answer counts only if it came before the line after the one that caused it."""

    def __init__(self) -> None:
        self.events = self.suggestions = self.late = self.hits = self.popular_hits = self.closed = self.taken = 0
        self.waits_s: deque[float] = deque(maxlen=NEWEST)
        self.newest: deque[Answer] = deque(maxlen=ON_SCREEN)
        self._open: dict[str, _Open] = {}
        self._sent_s: dict[str, float] = {}  # event id -> when it left
        self._lines: Counter[str] = Counter()
        self._bestsellers: list[str] = []
        self._counted = 0

    def bought_before(self, items: Collection[str]) -> None:
        """Count lines of the history, for the list of bestsellers that the suggestions are compared with."""
        self._lines.update(items)

    def offered(self, visit: Visit, item_id: str) -> str | None:
        """Return the newest suggestion of this visit that showed the item, or None."""
        answers = self._open[visit.invoice].answers if visit.invoice in self._open else []
        return next((answer.suggestion_id for answer in reversed(answers) if any(card.item_id == item_id for card in answer.cards)), None)

    def sending(self, visit: Visit, place: int, at_s: float) -> None:
        """Note that a step of a visit leaves now; what was shown before is held against it."""
        self.events += 1
        self._sent_s[event_id(visit, place)] = at_s
        if len(self._sent_s) > NEWEST:
            del self._sent_s[next(iter(self._sent_s))]
        now = self._open.setdefault(visit.invoice, _Open(visit, 0, []))
        now.lines_sent = place + 1
        if place == len(visit.items):
            self._close(self._open.pop(visit.invoice))
            return
        item_id = visit.items[place].item_id
        for answer in now.answers:
            if answer.taken is None and any(card.item_id == item_id for card in answer.cards):
                answer.taken = item_id
                self.taken += 1
        self._lines[item_id] += 1

    def suggested(self, suggestion: Suggestion, at_s: float) -> None:
        """Take in a suggestion. One that comes after the next line is late: its waiting counts, its items do not."""
        sent_s = self._sent_s.pop(suggestion.caused_by, None)
        if sent_s is None:  # to somebody else, or said twice
            return
        self.suggestions += 1
        self.waits_s.append(at_s - sent_s)
        now = self._open.get(suggestion.session_id)
        if now is None or suggestion.caused_by != event_id(now.visit, now.lines_sent - 1):
            self.late += 1
            return
        cards = tuple([card for shown in suggestion.lists if shown.item_list_id in WITH for card in shown.items])
        if cards:
            answer = Answer(now.visit, now.lines_sent - 1, cards, suggestion.suggestion_id, self._popular(now, len(cards)))
            now.answers.append(answer)
            self.newest.append(answer)

    @property
    def hit_rate(self) -> float | None:
        """Share of the answers with an item that the rest of the invoice really had; None before the first invoice ended.

        An answer to the last line, which nothing followed, is left out.
        """
        return self.hits / self.closed if self.closed else None

    @property
    def popular_hit_rate(self) -> float | None:
        """The same for bestsellers in their place."""
        return self.popular_hits / self.closed if self.closed else None

    def wait_ms(self, share: float, *, newest: int = NEWEST) -> float | None:
        """Return the waiting time that this share of the `newest` answers did not exceed."""
        waits = sorted(islice(reversed(self.waits_s), newest))
        return 1_000 * waits[min(len(waits) - 1, int(share * len(waits)))] if waits else None

    def _close(self, ended: _Open) -> None:
        for answer in ended.answers:
            answer.closed = True
            later = {item.item_id for item in ended.visit.items[answer.place + 1 :]}
            if later:  # after the last line there was nothing to be right about
                self.closed += 1
                self.hits += any(card.item_id in later for card in answer.cards)
                self.popular_hits += not later.isdisjoint(answer.popular)

    def _popular(self, now: _Open, count: int) -> tuple[str, ...]:
        if not self._bestsellers or self.events - self._counted >= RECOUNT_EVERY:
            self._bestsellers = bestsellers(self._lines, POPULAR)
            self._counted = self.events
        in_cart = {item.item_id for item in now.visit.items[: now.lines_sent]}
        return tuple([item for item in self._bestsellers if item not in in_cart][:count])


def bestsellers(lines: Counter[str], count: int) -> list[str]:
    """Return the items on most lines, most first; of equals the lower id."""
    return sorted(lines, key=lambda item: (-lines[item], item))[:count]
