"""Research logs as shop logs: one line a touch, with baskets taken apart, becomes the shop's event contract.

A research log is a folder with `events.jsonl.gz`, one object a line: {ts, type, item, user?, session?, price?, qty?, cat?, basket?, rid?,
position?}, `ts` in milliseconds, and maybe `items.jsonl.gz`: {item, title?, brand?, price?, category?: [from the root to the leaf]}.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

EVENTS = {
    "view": "view_item",
    "click": "select_item",
    "impression": "view_item_list",
    "cart_add": "add_to_cart",
    "wishlist": "add_to_wishlist",
    "purchase": "purchase",
    "return": "refund",
}
CURRENCIES = {"online_retail": "GBP", "tafeng_2000": "TWD"}  # the sources name none
DEEPEST = 5  # item_category to item_category5

Record = dict[str, Any]


class Touch(Struct):
    """One line of a research log; `cat`: the item's category; `rid`: the impression that a click answers."""

    ts: int
    type: str
    item: str | int
    user: str | int | None = None
    session: str | int | None = None
    price: float | None = None
    qty: int | float | None = None
    cat: str | int | None = None
    basket: str | int | None = None
    rid: str | int | None = None
    position: int | None = None


class Described(Struct):
    """One item of a research log; `category`: from the root to the leaf."""

    item: str | int
    title: str | None = None
    brand: str | None = None
    price: float | None = None
    category: list[str] | None = None


def events_of(touches: Iterable[Touch], log: str) -> list[Record]:
    """Return the touches as events, by time, then session (or basket), then line; the whole log is held in memory.

    The purchases of one basket are one event at the time of the first of them, its lines in order of appearance, the quantities of an
    item that stands on several added up. Every other touch is an event of its own. Types that the contract does not know are left out.
    """
    numbered = [(touch.ts, _text(touch.session), number, touch) for number, touch in enumerate(touches) if touch.type in EVENTS]
    numbered.sort(key=lambda one: one[:3])
    events: list[tuple[int, str, int, Record]] = []
    baskets: dict[str, list[Record]] = {}  # transaction -> its lines
    lines: dict[tuple[str, str], Record] = {}  # transaction, item -> its line
    for at_ms, session, number, touch in numbered:
        basket, line = _text(touch.basket) if touch.type == "purchase" else "", _line(touch)
        if basket and (basket, line["item_id"]) in lines:
            lines[basket, line["item_id"]]["quantity"] += line["quantity"]
            continue
        if basket:
            lines[basket, line["item_id"]] = line
        if basket and basket in baskets:
            baskets[basket].append(line)
            continue
        event = _event(touch, number, log) | {"items": [line]}
        events.append((at_ms, basket or session, number, event))
        if basket:
            baskets[basket] = event["items"]
    events.sort(key=lambda one: one[:3])
    return [event for *_, event in events]


def catalogue_of(items: Iterable[Described], log: str) -> Iterator[Record]:
    """Yield the items as catalogue entries, in their order."""
    for item in items:
        path = {f"item_category{depth if depth > 1 else ''}": name for depth, name in enumerate((item.category or [])[:DEEPEST], 1)}
        priced = {} if item.price is None else {"price": item.price, "currency": CURRENCIES.get(log)}
        yield _said({"item_id": _text(item.item), "item_name": item.title, "item_brand": item.brand, **priced, **path})


def _event(touch: Touch, number: int, log: str) -> Record:
    return _said(
        {
            "event": EVENTS[touch.type],
            "event_id": f"{log}-{number}",
            "event_time_ms": touch.ts,
            "user_id": _text(touch.user) or None,
            "session_id": _text(touch.session) or None,
            "currency": CURRENCIES.get(log),
            "transaction_id": _text(touch.basket) or None,
            "suggestion_id": _text(touch.rid) or None,
        }
    )


def _line(touch: Touch) -> Record:
    quantity, category = 1 if touch.qty is None else touch.qty, _text(touch.cat) or None
    return _said(
        {"item_id": _text(touch.item), "quantity": quantity, "price": touch.price, "item_category": category, "index": touch.position}
    )


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)


def _said(record: Record) -> Record:
    return {name: value for name, value in record.items() if value is not None}
