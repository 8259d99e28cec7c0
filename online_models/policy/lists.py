"""What holds for each list that speaks: its events, its length, how often it may speak, and what it must rest on."""

from difflib import get_close_matches
from typing import Annotated, Literal

from msgspec import Meta, Struct

from stream.contracts.events import EVENT_NAMES

ListName = Literal["accessories", "upgrades", "alternatives", "bundle", "top_up", "also_bought", "plans"]

Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Words = dict[str, str]  # language -> what is said in it


class Band(Struct, frozen=True, forbid_unknown_fields=True):
    """A range of price ratios, both ends included."""

    min: Positive
    max: Positive

    def __post_init__(self) -> None:
        if self.min > self.max:
            raise ValueError(f"min ({self.min:g}) is above max ({self.max:g}); swap them")

    def holds(self, ratio: float) -> bool:
        """Return whether `ratio` lies within the band."""
        return self.min <= ratio <= self.max


class ListRules(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What holds for every list: the events that it answers, its length, how often it may speak, what it must rest on.

    `min_evidence`: customers who have to stand behind an item that the shop itself did not relate; 1 shows anything seen together.
    """

    triggers: tuple[str, ...]
    items: Annotated[int, Meta(ge=1, le=20)] = 4
    per_session: Count = 8
    per_day: Count = 20
    min_evidence: Annotated[int, Meta(ge=1)] = 2

    def __post_init__(self) -> None:
        known = sorted(EVENT_NAMES.values())
        for name in self.triggers:
            if name not in known:
                near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
                raise ValueError(f"triggers: no event is called {name!r}; did you mean {near!r}?")


class Accessories(ListRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What goes with it. At begin_checkout an accessory costs at most `checkout_share` of what is in the cart."""

    triggers: tuple[str, ...] = ("view_item", "add_to_cart", "begin_checkout")
    checkout_share: Share = 0.25


class Upgrades(ListRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What would be better: dearer than the item on screen within `price_ratio`.

    It costs at most `usual_ratio` times what the customer usually pays in the category.
    """

    triggers: tuple[str, ...] = ("view_item",)
    items: Annotated[int, Meta(ge=1, le=20)] = 3
    min_evidence: Annotated[int, Meta(ge=1)] = 1
    price_ratio: Band = Band(1.05, 2.5)
    usual_ratio: Positive = 3.0


class Alternatives(ListRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What would be cheaper, within `price_ratio` of the item, once price seems to be the obstacle.

    It seems so after remove_from_cart, and on a view once `dismissed_upgrades` dearer items of the kind were dismissed, when the last
    `cheaper_looks` items were of one kind and each cheaper than the one before, or when the item was first looked at `dwell_minutes` ago
    in this session and is not in the cart.
    """

    triggers: tuple[str, ...] = ("remove_from_cart", "view_item")
    items: Annotated[int, Meta(ge=1, le=20)] = 3
    min_evidence: Annotated[int, Meta(ge=1)] = 1
    price_ratio: Band = Band(0.3, 0.95)
    dismissed_upgrades: Annotated[int, Meta(ge=1)] = 1
    cheaper_looks: Annotated[int, Meta(ge=2)] = 3
    dwell_minutes: Positive = 5


class Bundle(ListRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A set with the item on screen: `min_items` to `items` others, each two of the set bought together in `min_evidence` orders.

    They are together more often than chance would have it, by more than `min_lift` (1 is chance). Two of one kind (leaf category, else
    title) stand in a set only after `alike_evidence` orders with both: they would do the same thing. One other item alone, at no better
    price, is an accessory: pairs are sets only where the shop says so (`min_items` 1). `discount_percent` comes off the sum of the prices.
    """

    triggers: tuple[str, ...] = ("view_item", "add_to_cart")
    items: Annotated[int, Meta(ge=1, le=2)] = 2
    min_items: Annotated[int, Meta(ge=1, le=2)] = 2
    min_evidence: Annotated[int, Meta(ge=1)] = 3
    min_lift: Annotated[float, Meta(ge=1)] = 1.0
    alike_evidence: Annotated[int, Meta(ge=1)] = 10
    discount_percent: Annotated[float, Meta(ge=0, lt=100)] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_items > self.items:
            raise ValueError(f"min_items: {self.min_items} is above items ({self.items}); no set would ever be offered")


class AlsoBought(ListRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What customers bought together with the item on screen, in at least `min_evidence` orders."""

    triggers: tuple[str, ...] = ("view_item",)
    min_evidence: Annotated[int, Meta(ge=1)] = 3


class Threshold(Struct, frozen=True, forbid_unknown_fields=True):
    """From a cart of `at` on the customer has the `benefit`. Without `currency` it holds in any."""

    at: Positive
    benefit: Annotated[Words, Meta(min_length=1)]
    currency: Annotated[str, Meta(min_length=3, max_length=3)] | None = None


class TopUp(ListRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What closes the gap to the next threshold; silent where the gap, or the item, costs more than `max_gap_share` of the cart."""

    triggers: tuple[str, ...] = ("add_to_cart", "remove_from_cart", "view_cart", "begin_checkout")
    items: Annotated[int, Meta(ge=1, le=20)] = 3
    max_gap_share: Positive = 0.5
    thresholds: tuple[Threshold, ...] = ()


class Plans(ListRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another plan of the same tier family.

    The next one when `near` of a limit is used, of a free plan when all of it is; a smaller one when at most `low` is used and that is
    at most `room` of the smaller one's limit. Where a meter's reset is known, little use is believed in its last `low_days` only.
    `metrics`: what a meter is called, by language.
    """

    triggers: tuple[str, ...] = ("usage",)
    items: Annotated[int, Meta(ge=1, le=20)] = 1
    per_session: Count = 2
    per_day: Count = 2
    near: Share = 0.8
    low: Share = 0.2
    room: Share = 0.6
    low_days: Positive = 7
    metrics: dict[str, Words] = {}
