"""Track calls of Segment, whose names and properties RudderStack and PostHog have, too, as the shop's events.

Source: Segment's specifications "Common fields" and "V2 Ecommerce Events". `product_id` is the item, else `sku`; an event's value is
`revenue`, else `value`, else `total`, and its time is `timestamp`, else `originalTimestamp`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from stream.archive.formats.refused import LineRefused
from stream.contracts.events import Event

EVENTS: Mapping[str, str] = {
    "Products Searched": "search",
    "Product List Viewed": "view_item_list",
    "Product List Filtered": "view_item_list",
    "Product Clicked": "select_item",
    "Product Viewed": "view_item",
    "Product Added": "add_to_cart",
    "Wishlist Product Added to Cart": "add_to_cart",
    "Product Removed": "remove_from_cart",
    "Product Added to Wishlist": "add_to_wishlist",
    "Cart Viewed": "view_cart",
    "Checkout Started": "begin_checkout",
    "Payment Info Entered": "add_payment_info",
    "Order Completed": "purchase",
    "Order Refunded": "refund",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)
Id = str | int | None
Time = Annotated[datetime, Meta(tz=True)]


class Product(Struct, frozen=True):
    """One product, in a list of them or as the call's own properties."""

    product_id: Id = None
    sku: Id = None
    name: str | None = None
    brand: str | None = None
    category: str | None = None
    variant: str | None = None
    price: float | None = None
    quantity: float | None = None
    position: int | None = None


class Properties(Product, frozen=True):
    """What a call says beside the common fields."""

    products: tuple[Product, ...] = ()
    query: Any = None  # text, or an object whose fields are the shop's own
    list_id: str | None = None
    order_id: Id = None
    currency: str | None = None
    revenue: float | None = None
    value: float | None = None
    total: float | None = None


class Context(Struct, frozen=True):
    """Where a call was made."""

    locale: str | None = None


class Call(Struct, frozen=True, rename="camel"):
    """The common fields of a call."""

    type: str
    event: str | None = None
    message_id: str | None = None
    user_id: Id = None
    anonymous_id: Id = None
    timestamp: Time | None = None
    original_timestamp: Time | None = None
    context: Context | None = None
    properties: msgspec.Raw = msgspec.Raw(b"{}")


_CALL = msgspec.json.Decoder(Call)
_PROPERTIES = msgspec.json.Decoder(Properties, strict=False)  # clients send numbers as text, too


def event_of(line: bytes) -> Event | None:
    """Return the event of a call, or None for one that the shop has no event for. Raises msgspec.DecodeError or LineRefused."""
    call = _CALL.decode(line)
    name = EVENTS.get(call.event or "") if call.type == "track" else None
    if name is None:
        return None
    at, properties = call.timestamp or call.original_timestamp, _PROPERTIES.decode(call.properties)
    if at is None or call.message_id is None:
        raise LineRefused("timestamp and messageId are needed, as Segment keeps them of every call")
    products = properties.products or ((properties,) if _item_id(properties) else ())
    said = {
        "event": name,
        "event_id": call.message_id,
        "event_time_ms": (at - EPOCH) // MS,
        "user_id": _text(call.user_id),
        "client_id": _text(call.anonymous_id),
        "language": call.context.locale if call.context else None,
        "currency": properties.currency,
        "value": next((one for one in (properties.revenue, properties.value, properties.total) if one is not None), None),
        "items": [_item(product, properties.list_id) for product in products],
        "transaction_id": _text(properties.order_id),
    }
    if name == "search":
        said["search_term"] = properties.query if isinstance(properties.query, str) else None
    if name in ("view_item_list", "select_item"):
        said["item_list_id"] = properties.list_id
    event: Event = msgspec.convert({field: value for field, value in said.items() if value is not None}, Event)
    return event


def _item(product: Product, list_id: str | None) -> dict[str, Any]:
    item_id = _item_id(product)
    if item_id is None:
        raise LineRefused("a product has neither product_id nor sku")
    said = {
        "item_id": item_id,
        "item_name": product.name,
        "item_brand": product.brand,
        "item_category": product.category,
        "item_variant": product.variant,
        "price": product.price,
        "quantity": product.quantity,
        "index": product.position,
        "item_list_id": list_id,
    }
    return {field: value for field, value in said.items() if value is not None}


def _item_id(product: Product) -> str | None:
    return _text(product.product_id) or _text(product.sku)


def _text(said: Id) -> str | None:
    return None if said is None or said == "" else str(said)
