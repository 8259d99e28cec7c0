"""One row of a Google Merchant Center feed, in our words.

Source: Google's product data specification (attributes id, title, price, availability, product_type, ...).
"""

import re
from typing import Any

from stream.catalog.columns import FIELDS, LISTS, checked, ids_of, number_or_text, period_of
from stream.catalog.refused import RowRefused
from stream.contracts.catalog import CatalogItem

SAME = {
    "id": "item_id",
    "title": "item_name",
    "brand": "item_brand",
    "link": "link",
    "image_link": "image_link",
    "item_group_id": "item_group_id",
}
SPECS = ("color", "size", "size_type", "size_system", "material", "pattern", "gender", "age_group", "condition", "energy_efficiency_class")
CATEGORIES = ("item_category", "item_category2", "item_category3", "item_category4", "item_category5")
AVAILABILITY = {
    "in stock": "in_stock",
    "available for order": "in_stock",
    "out of stock": "out_of_stock",
    "preorder": "preorder",
    "backorder": "backorder",
}
_THEIRS = {ours: theirs for theirs, ours in SAME.items()}
_AMOUNT = re.compile(r"(?P<amount>\d+(?:\.\d+)?) ?(?P<currency>[A-Z]{3})|(?P<currency_>[A-Z]{3}) ?(?P<amount_>\d+(?:\.\d+)?)")


def item_of(cells: dict[str, str]) -> CatalogItem:
    """Return the row as an item. Columns in our own words (relations, tier.family, ...) may stand beside Google's.

    `product_type` gives the categories, else `google_product_category`; with `cost_of_goods_sold` comes the margin.
    Raises RowRefused naming Google's attribute.
    """
    fields: dict[str, Any] = {ours: cells[theirs] for theirs, ours in SAME.items() if theirs in cells}
    fields |= _prices(cells) | _categories(cells)
    if "availability" in cells:
        fields["availability"] = _availability(cells["availability"])
    if "sale_price_effective_date" in cells:
        fields["sale_price_effective_date"] = period_of(cells["sale_price_effective_date"])
    fields["specs"] = {name: number_or_text(cells[name]) for name in SPECS if name in cells}
    fields |= {name: ids_of(cells[name]) for name in LISTS if name in cells}
    for column, text in cells.items():
        name, _, inner = column.partition(".")
        if inner and name in FIELDS:
            fields.setdefault(name, {})[inner] = text
    try:
        return checked(fields)
    except RowRefused as fault:
        raise RowRefused(_THEIRS.get(fault.field, fault.field), fault.why) from fault


def _prices(cells: dict[str, str]) -> dict[str, Any]:
    if "price" not in cells:
        return {}
    price, currency = _money("price", cells["price"])
    fields: dict[str, Any] = {"price": price, "currency": currency}
    for name in ("sale_price", "cost_of_goods_sold"):
        if name not in cells:
            continue
        amount, other = _money(name, cells[name])
        if other != currency:
            raise RowRefused(name, f"is in {other}, the price in {currency}; give both in one currency")
        if name == "sale_price":
            fields[name] = amount
        elif 0 <= amount <= price and price > 0:
            fields["margin"] = 1 - amount / price
    return fields


def _money(name: str, text: str) -> tuple[float, str]:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise RowRefused(name, f"{text!r} is not an amount with its currency, such as 12.90 GBP")
    return float(found["amount"] or found["amount_"]), found["currency"] or found["currency_"]


def _categories(cells: dict[str, str]) -> dict[str, str]:
    path = cells.get("product_type") or cells.get("google_product_category", "")
    levels = [level.strip() for level in path.split(">") if level.strip()]
    if len(levels) > len(CATEGORIES):  # the most specific one matters most
        levels = [*levels[: len(CATEGORIES) - 1], levels[-1]]
    return dict(zip(CATEGORIES, levels, strict=False))


def _availability(text: str) -> str:
    known = AVAILABILITY.get(text.lower().replace("_", " "))
    if known is None:
        raise RowRefused("availability", f"{text!r} is none of {', '.join(sorted(set(AVAILABILITY.values())))}")
    return known
