"""One record of every kind, as it may really come: the examples in AsyncAPI, true because they are built from the types."""

from typing import Any

import msgspec

from stream.contracts import events
from stream.contracts.catalog import CatalogItem, Tier
from stream.contracts.consent import Consent
from stream.contracts.events import EVENT_TYPES, Item, ReturnedItem
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, MemoryRecord, Remembered
from stream.contracts.suggestion import SUGGESTION_LIFE_MS, Context, Reason, SuggestedItem, SuggestedList, Suggestion
from stream.contracts.topics import CART, CONSENT
from stream.contracts.training import (
    CalibrationBin,
    Candidates,
    Example,
    HeadState,
    ModelRecord,
    Outcome,
    OutcomeCount,
    Shown,
    ShownItem,
    UptakeState,
)

AT_MS = 1_763_780_000_000  # 2025-11-22 02:53:20 UTC
CUSTOMER = "k1:" + "9f2c" * 16
SESSION = "s-91"
ORIGIN = Origin(CART, 3, 4711)
SUGGESTED = str(ORIGIN)
ONE_FLOAT = "AACAPw=="  # 1.0 as little-endian float32, base64
ONE, ONE_DOUBLE = b"\0\0\x80?", b"\0\0\0\0\0\0\xf0?"  # 1.0 as little-endian float32 and float64

KETTLE = Item("kettle-1", item_name="Gooseneck kettle", item_category="Kitchen", item_category2="Kettles", price=39.0)
FILTERS = Item("filter-100", item_name="Paper filters, 100", price=4.5, item_list_id="accessories", index=1)


def _event(kind: type, **fields: Any) -> Any:
    common = {"event_id": "01JD8K3Z5T", "event_time_ms": AT_MS, "customer": CUSTOMER, "session_id": SESSION, "language": "en"}
    return kind(**(common | fields))


def _of_event(kind: type) -> Any:
    special: dict[type, dict[str, Any]] = {
        events.ViewItem: {"items": (KETTLE,), "dwell_ms": 12_000},
        events.ViewItemList: {"items": (FILTERS,), "item_list_id": "accessories", "suggestion_id": SUGGESTED},
        events.SelectItem: {"items": (FILTERS,), "item_list_id": "accessories", "suggestion_id": SUGGESTED},
        events.Search: {"search_term": "pour over"},
        events.Purchase: {"items": (KETTLE, FILTERS), "transaction_id": "o-2025-17", "currency": "GBP", "value": 43.5},
        events.Refund: {"items": (ReturnedItem("filter-100"),), "transaction_id": "o-2025-17", "currency": "GBP", "value": 4.5},
        events.DismissSuggestion: {"items": (FILTERS,), "item_list_id": "accessories", "suggestion_id": SUGGESTED},
        events.Usage: {"plan_id": "plan-s", "metric": "storage_gb", "used": 46.0, "limit": 50.0},
        events.ViewCart: {},
    }
    return _event(kind, **special.get(kind, {"items": (KETTLE,), "currency": "GBP", "value": 39.0}))


SUGGESTION = Suggestion(
    suggestion_id=SUGGESTED,
    seq=8_123,
    caused_by="01JD8K3Z5T",
    customer=CUSTOMER,
    session_id=SESSION,
    context=Context("add_to_cart", "kettle-1"),
    created_ms=AT_MS,
    expires_ms=AT_MS + SUGGESTION_LIFE_MS,
    lists=(
        SuggestedList(
            "accessories",
            "Goes with your kettle",
            (
                SuggestedItem(
                    "filter-100",
                    1,
                    2.31,
                    Reason("bought_together", "112 people who bought this kettle took these filters", {"together": 112.0}),
                    item_name="Paper filters, 100",
                    price=4.5,
                    currency="GBP",
                    p_uptake=0.21,
                    relation="accessory",
                    benefit="A clear cup without grounds",
                ),
            ),
        ),
    ),
    model_version=90_210,
    policy_version="2025-11-20",
    memory_version=1_204_331,
    published_ms=AT_MS + 14,
)

UPTAKE = UptakeState(
    model=HeadState({"constant": -2.6}, {"constant": 310.0}, 6_000, 0.221),
    calibrator=HeadState({"logit": 1.05, "constant": 0.1}, {"logit": 90.0, "constant": 11.0}, 6_000, 0.219),
    taken=380,
    bins=(CalibrationBin(0.061, 0.063, 6_000.0),),
    calibration_error=0.002,
    outcomes={"view_item_list": OutcomeCount(6_000, 41), "add_to_cart": OutcomeCount(95, 41)},
    clock_ms=AT_MS,
    in_minute=17,
    seen={f"{CART}:3": 4_702},
)

EXAMPLES: dict[type, Any] = {
    **{kind: _of_event(kind) for kind in EVENT_TYPES},
    Consent: Consent("01JD8K4000", AT_MS, "opt_out", customer=CUSTOMER),
    CatalogItem: CatalogItem(
        "filter-100",
        item_name="Paper filters, 100",
        item_category="Kitchen",
        price=4.5,
        currency="GBP",
        is_accessory_or_spare_part_for=("kettle-1",),
        tier=Tier("filters", 1),
        benefits={"en": "A clear cup without grounds"},
        consumable_days=60.0,
    ),
    Suggestion: SUGGESTION,
    MemoryRecord: MemoryRecord(ORIGIN, CUSTOMER, SESSION, "add_to_cart", AT_MS, (Remembered("kettle-1", 39.0, "Kettles"),)),
    Forget: Forget(Origin(CONSENT, 3, 12), CUSTOMER),
    Example: Example(ORIGIN, "basket.mixed", 2, ONE_FLOAT, 1.73),
    Shown: Shown(ORIGIN, SUGGESTED, AT_MS, (ShownItem("filter-100", "accessories", 1, 1.0, ONE_FLOAT),)),
    Outcome: Outcome(ORIGIN, SUGGESTED, AT_MS, "add_to_cart", "filter-100"),
    Candidates: Candidates(ORIGIN, SUGGESTED, "upgrade", 0, 90_210, "2025-11-20", ("log_popularity",), ("kettle-2",), 1, ONE, ONE_DOUBLE),
    ModelRecord: ModelRecord(
        90_210,
        90_105,
        AT_MS,
        {"browse": HeadState({"neighbours": 1.2}, {"neighbours": 8.5}, 90_000, 2.41)},
        uptake=UPTAKE,
    ),
}


def example_of(kind: type) -> Any:
    """Return the example of a record's type, as its JSON reads."""
    return msgspec.json.decode(msgspec.json.encode(EXAMPLES[kind]))
