"""A shop in miniature: real profiles, a real shared memory, a clock that the test moves."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from features.shown import said
from online_models.memory.shared import SharedMemory
from online_models.occasion import Occasion
from online_models.policy.policy import Policy
from online_models.ranker import Weights
from online_models.recommend import Recommendation, recommend
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import (
    AddToCart,
    BeginCheckout,
    DismissSuggestion,
    Event,
    Item,
    Purchase,
    RemoveFromCart,
    SelectItem,
    Usage,
    ViewCart,
    ViewItem,
    name_of,
)
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.suggestion import SuggestedItem, SuggestedList

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
NOON_MS = 1_764_000_000_000  # in November 2025


class Shop:
    """Answers every event as the worker does, and only then takes it into the memory."""

    def __init__(self, *items: CatalogItem, policy: Policy | None = None) -> None:
        self.policy = Policy() if policy is None else policy
        self.memory, self.catalog, self.weights = SharedMemory(), Catalog(), Weights.start()
        self.now_ms = NOON_MS
        self.profiles: dict[str, Profile] = {}
        self._offset = 0
        for item in items:
            self.catalog.put(item)

    def after(self, *, days: float = 0, minutes: float = 0) -> "Shop":
        self.now_ms += int(days * DAY_MS + minutes * MINUTE_MS)
        return self

    def sees(self, customer: str, *item_ids: str, session: str | None = None, **fields: Any) -> Recommendation:
        """Let the customer look at one item after the other; returns the answer to the last look."""
        for item_id in item_ids:
            answer = self._does(ViewItem, customer, [item_id], session, **fields)
        return answer

    def clicks(self, customer: str, item_id: str, **fields: Any) -> Recommendation:
        return self._does(SelectItem, customer, [item_id], None, **fields)

    def puts_into_cart(self, customer: str, *item_ids: str, **fields: Any) -> Recommendation:
        return self._does(AddToCart, customer, item_ids, None, **fields)

    def takes_out(self, customer: str, *item_ids: str, **fields: Any) -> Recommendation:
        return self._does(RemoveFromCart, customer, item_ids, None, **fields)

    def buys(self, customer: str, *item_ids: str, **fields: Any) -> Recommendation:
        return self._does(Purchase, customer, item_ids, None, transaction_id=f"t{self._offset}", **fields)

    def opens_cart(self, customer: str, **fields: Any) -> Recommendation:
        return self._does(ViewCart, customer, (), None, **fields)

    def goes_to_pay(self, customer: str, *item_ids: str, **fields: Any) -> Recommendation:
        return self._does(BeginCheckout, customer, item_ids, None, **fields)

    def uses(
        self,
        customer: str,
        plan_id: str,
        used: float,
        limit: float,
        metric: str = "articles",
        *,
        session: str | None = None,
        **fields: Any,
    ) -> Recommendation:
        """Let the shop's backend report a meter of the customer's plan."""
        return self._does(Usage, customer, (), session, plan_id=plan_id, metric=metric, used=used, limit=limit, **fields)

    def dismisses(self, customer: str, *item_ids: str, **fields: Any) -> Recommendation:
        return self._does(DismissSuggestion, customer, item_ids, None, **fields)

    def ordered_together(self, times: int, *item_ids: str) -> None:
        """Let as many other customers buy these items in one order each."""
        for _ in range(times):
            self.buys(f"other-{self._offset}", *item_ids)

    def looked_at_together(self, times: int, *item_ids: str) -> None:
        """Let as many other customers look at these items one after the other."""
        for _ in range(times):
            self.sees(f"other-{self._offset}", *item_ids)

    def occasion(self, event: Event, customer: str) -> Occasion:
        profile = fold(self.profiles.get(customer, EMPTY), event)
        return Occasion(event, customer, session_of(profile, customer, event.session_id, event.event_time_ms), profile)

    def answer(self, occasion: Occasion) -> Recommendation:
        return recommend(
            occasion,
            memory=self.memory,
            catalog=self.catalog,
            weights=self.weights,
            policy=self.policy,
            now_ms=occasion.event.event_time_ms,
        )

    def _does(self, kind: type, customer: str, item_ids: Sequence[str], session: str | None, **fields: Any) -> Recommendation:
        self.now_ms += MINUTE_MS
        self._offset += 1
        lines = tuple(self._line(item_id) for item_id in item_ids)
        event: Event = kind(
            event_id=f"e{self._offset}", event_time_ms=self.now_ms, customer=customer, session_id=session, items=lines, **fields
        )
        occasion = self.occasion(event, customer)
        answer = self.answer(occasion)
        spoken = [shown.item_list_id for shown in answer.lists if shown.items]
        shown = said(occasion.profile.shown, spoken, session=occasion.session.key, now_ms=self.now_ms)
        self.profiles[customer] = replace(occasion.profile, shown=shown)
        self._remember(occasion)
        return answer

    def _line(self, item_id: str) -> Item:
        entry = self.catalog.get(item_id)
        if entry is None:
            return Item(item_id)
        return Item(item_id, item_name=entry.item_name, price=self.catalog.price(item_id, self.now_ms), item_category=entry.leaf_category)

    def _remember(self, occasion: Occasion) -> None:
        event = occasion.event
        self.memory.take_in(
            MemoryRecord(
                origin=Origin("shop.clickstream.v1", 0, self._offset),
                customer=occasion.customer,
                session=occasion.session.key,
                event=name_of(event),
                event_time_ms=event.event_time_ms,
                items=tuple(Remembered(line.item_id, line.price, line.leaf_category, line.quantity) for line in event.items),
                transaction_id=event.transaction_id,
            )
        )


def listed(answer: Recommendation, name: str) -> list[str]:
    """Return the items of one list; empty where the list is silent or cleared."""
    return [item.item_id for shown in answer.lists if shown.item_list_id == name for item in shown.items]


def the_list(answer: Recommendation, name: str) -> SuggestedList:
    return next(shown for shown in answer.lists if shown.item_list_id == name)


def the_card(answer: Recommendation, item_id: str) -> SuggestedItem:
    return next(item for shown in answer.lists for item in shown.items if item.item_id == item_id)
