"""What a customer did: GA4's events, one struct each, told apart by `event`."""

from typing import Annotated

from msgspec import Meta, Struct

from stream.contracts.ids import EventTimeMs, IdText

MAX_ITEMS = 2_000
Price = Annotated[float, Meta(ge=0, le=1e12)]
ShortText = Annotated[str, Meta(max_length=500)]


class Item(Struct, frozen=True, omit_defaults=True, gc=False):
    """One line of an event; only `item_id` is needed. Prices are per piece, in the event's currency."""

    item_id: IdText
    item_name: ShortText | None = None
    item_brand: ShortText | None = None
    item_category: ShortText | None = None
    item_category2: ShortText | None = None
    item_category3: ShortText | None = None
    item_category4: ShortText | None = None
    item_category5: ShortText | None = None
    item_variant: ShortText | None = None
    price: Price | None = None
    quantity: Annotated[float, Meta(ge=0, le=1e9)] = 1
    index: int | None = None
    item_list_id: ShortText | None = None

    @property
    def leaf_category(self) -> str | None:
        """The most specific category that the line names."""
        return self.item_category5 or self.item_category4 or self.item_category3 or self.item_category2 or self.item_category


class ReturnedItem(Item, frozen=True, omit_defaults=True, gc=False):
    """A line that is given back; shops write three pieces as 3 or as -3, and both mean the same."""

    quantity: Annotated[float, Meta(ge=-1e9, le=1e9)] = 1


class _Event(Struct, frozen=True, omit_defaults=True, tag_field="event", kw_only=True, gc=False):
    event_id: IdText
    event_time_ms: EventTimeMs
    customer: IdText | None = None
    user_id: IdText | None = None
    client_id: IdText | None = None
    session_id: IdText | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    currency: Annotated[str, Meta(max_length=3)] | None = None
    value: float | None = None
    items: Annotated[tuple[Item, ...], Meta(max_length=MAX_ITEMS)] = ()
    transaction_id: IdText | None = None
    suggestion_id: IdText | None = None


class ViewItem(_Event, frozen=True, tag="view_item"):
    """A product page was looked at."""

    dwell_ms: Annotated[int, Meta(ge=0)] | None = None


class ViewItemList(_Event, frozen=True, tag="view_item_list"):
    """An impression: these items were really on screen."""

    item_list_id: ShortText | None = None


class SelectItem(_Event, frozen=True, tag="select_item"):
    """A click on an item of a list."""

    item_list_id: ShortText | None = None


class Search(_Event, frozen=True, tag="search"):
    """A search in the shop."""

    search_term: ShortText | None = None


class AddToWishlist(_Event, frozen=True, tag="add_to_wishlist"):
    """Items were remembered for later."""


class AddToCart(_Event, frozen=True, tag="add_to_cart"):
    """Items were put into the cart; `quantity` is what was added."""


class RemoveFromCart(_Event, frozen=True, tag="remove_from_cart"):
    """Items were taken out of the cart; `quantity` is what was removed."""


class ViewCart(_Event, frozen=True, tag="view_cart"):
    """The cart was looked at."""


class BeginCheckout(_Event, frozen=True, tag="begin_checkout"):
    """The customer went to pay."""


class AddPaymentInfo(_Event, frozen=True, tag="add_payment_info"):
    """The way of paying was chosen."""


class Purchase(_Event, frozen=True, tag="purchase"):
    """A basket was bought."""


class Refund(_Event, frozen=True, tag="refund"):
    """Items, or a whole transaction, were given back."""

    items: Annotated[tuple[ReturnedItem, ...], Meta(max_length=MAX_ITEMS)] = ()


class DismissSuggestion(_Event, frozen=True, tag="dismiss_suggestion"):
    """Not interested: these suggested items, or the whole list."""

    item_list_id: ShortText | None = None


class Usage(_Event, frozen=True, tag="usage"):
    """A subscription's meter: how much of a plan's limit is used. `resets_ms`: when it begins at 0 again, where it does."""

    plan_id: IdText
    metric: ShortText
    used: Annotated[float, Meta(ge=0)]
    limit: Annotated[float, Meta(ge=0)]
    resets_ms: EventTimeMs | None = None


Event = (
    ViewItem
    | ViewItemList
    | SelectItem
    | Search
    | AddToWishlist
    | AddToCart
    | RemoveFromCart
    | ViewCart
    | BeginCheckout
    | AddPaymentInfo
    | Purchase
    | Refund
    | DismissSuggestion
    | Usage
)
EVENT_TYPES: tuple[type[_Event], ...] = Event.__args__
EVENT_NAMES: dict[type[_Event], str] = {kind: str(kind.__struct_config__.tag) for kind in EVENT_TYPES}


def name_of(event: Event) -> str:
    """Return the event's GA4 name, e.g. `add_to_cart`."""
    return EVENT_NAMES[type(event)]
