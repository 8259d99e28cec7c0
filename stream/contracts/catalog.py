"""What the shop sells, in the words of Google Merchant Center and schema.org."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from stream.contracts.events import Price, ShortText
from stream.contracts.ids import IdText

Availability = Literal["in_stock", "out_of_stock", "preorder", "backorder"]
Ids = Annotated[tuple[IdText, ...], Meta(max_length=200)]


class SalePeriod(Struct, frozen=True):
    """When a sale price holds: from `start_ms` on and before `end_ms`, milliseconds since 1970 UTC."""

    start_ms: int
    end_ms: int


class Tier(Struct, frozen=True):
    """A place in a graded line (good, better, best; plan S, M, L): a higher rank is better."""

    family: IdText
    rank: int


class Rating(Struct, frozen=True, omit_defaults=True):
    """Customers' ratings: mean `value` of `count`, of which `verified_count` really bought."""

    value: float
    count: Annotated[int, Meta(ge=0)] = 0
    verified_count: Annotated[int, Meta(ge=0)] = 0


class CatalogItem(Struct, frozen=True, omit_defaults=True):
    """One article as the shop describes it. A tombstone (null value) under its key withdraws it."""

    item_id: IdText
    item_name: ShortText | None = None
    item_brand: ShortText | None = None
    item_category: ShortText | None = None
    item_category2: ShortText | None = None
    item_category3: ShortText | None = None
    item_category4: ShortText | None = None
    item_category5: ShortText | None = None
    price: Price | None = None
    sale_price: Price | None = None
    sale_price_effective_date: SalePeriod | None = None
    currency: Annotated[str, Meta(min_length=3, max_length=3)] | None = None
    availability: Availability = "in_stock"
    link: Annotated[str, Meta(max_length=2_000)] | None = None
    image_link: Annotated[str, Meta(max_length=2_000)] | None = None
    item_group_id: IdText | None = None
    is_accessory_or_spare_part_for: Ids = ()
    is_related_to: Ids = ()
    is_similar_to: Ids = ()
    tier: Tier | None = None
    benefits: dict[str, ShortText] = {}
    specs: dict[str, str | float | bool] = {}
    rating: Rating | None = None
    margin: Annotated[float, Meta(ge=0, le=1)] | None = None
    consumable_days: Annotated[float, Meta(gt=0)] | None = None
    created_ms: int | None = None
    series: ShortText | None = None
    author: ShortText | None = None

    @property
    def leaf_category(self) -> str | None:
        """The most specific category that the entry names."""
        return self.item_category5 or self.item_category4 or self.item_category3 or self.item_category2 or self.item_category
