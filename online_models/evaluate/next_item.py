"""Protocol next-item: what the customer will look at next."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Unpack

from msgspec.structs import replace

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.accessory import across
from online_models.evaluate.next_item_baselines import Baselines
from online_models.evaluate.report import Report
from online_models.evaluate.walk import How, Walk
from online_models.request import Request
from stream.contracts.events import AddToCart, Event, Item, Purchase, SelectItem, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered

K = 20
KINDS = (ViewItem, SelectItem, AddToCart, Purchase)
NOT_LISTED = Catalog()  # a research catalogue lists items from the future


class Touch(NamedTuple):
    """One item of one event; a purchase of several items is several touches."""

    event: Event
    customer: str
    session: str
    item_id: str


def evaluate_next_item(events: Iterable[Event], catalog: Catalog, **how: Unpack[How]) -> Report:
    """Ask before every touch, then learn it.

    Args:
        events: in any order; those without a session id are left out. They are all held in memory.
        catalog: tells the category of items whose events do not.
        how: see `How`.
    """
    return NextItemWalk(catalog, **how).over(touches_of(events))


def touches_of(events: Iterable[Event]) -> list[Touch]:
    """Return the protocol's touches in its order: by time, session id, line."""
    chosen = [event for event in events if isinstance(event, KINDS) and event.session_id]
    chosen.sort(key=lambda event: (event.event_time_ms, event.session_id))
    return [touch for event in chosen for touch in _touches(event)]


def _touches(event: Event) -> Iterator[Touch]:
    session = event.session_id or ""
    customer = event.customer or event.user_id or event.client_id or session
    for place, line in enumerate(event.items):
        own = replace(event, items=(line,), event_id=f"{event.event_id}#{place}")
        yield Touch(own, customer, session, line.item_id)


class NextItemWalk(Walk[Touch, Baselines]):
    """A walk whose steps are touches."""

    protocol = "next-item"

    def __init__(self, catalog: Catalog, **how: Unpack[How]) -> None:
        super().__init__(Baselines(K), **how)
        self.catalog = catalog
        self.last: dict[str, str] = {}  # session -> its last item

    def take(self, step: Touch, number: int, *, counts: bool) -> None:
        """Ask if there is a question, then learn."""
        before = self.last.get(step.session)
        profile = self.profiles.get(step.customer, EMPTY)
        question = ranked = None
        if before is not None and before != step.item_id:
            question = self._question(step, profile)
            ranked = self.ask(question, profile, NOT_LISTED, step.event.event_time_ms)
            if counts:
                self.count(ranked, (step.item_id,), step.event.event_time_ms)
                self.baselines.count(self.memory, step.session, step.item_id)
        with self.learning:
            if question is not None and ranked is not None:
                goes_with = across(ranked, question, self.memory, NOT_LISTED, self.weights)
                for candidates in (ranked, goes_with):
                    if candidates is not None:
                        self.teach(candidates, step.item_id)
            self.memory.take_in(self._record(step, number))
        self.baselines.learn(step.session, step.item_id)
        self.last[step.session] = step.item_id
        self.profiles[step.customer] = fold(profile, step.event)

    def category(self, line: Item) -> str | None:
        """Return the category that the line names, else the catalogue's."""
        return line.leaf_category or self.catalog.category(line.item_id)

    def _question(self, touch: Touch, profile: Profile) -> Request:
        session = session_of(profile, touch.customer, touch.session, touch.event.event_time_ms)
        return Request("browse", session.items, session=touch.session, k=K, seen_only=True)

    def _record(self, touch: Touch, number: int) -> MemoryRecord:
        event, (line,) = touch.event, touch.event.items
        remembered = Remembered(line.item_id, line.price, self.category(line), line.quantity)
        return MemoryRecord(Origin("log", 0, number), touch.customer, touch.session, name_of(event), event.event_time_ms, (remembered,))
