"""What a list may look at, and what it answers with."""

from collections.abc import Mapping

from msgspec import Struct

from features.cart import InCart, in_cart
from features.catalog import Catalog
from features.shown import WHOLE_LIST
from online_models.memory.shared import SharedMemory
from online_models.occasion import Occasion
from online_models.policy.policy import DAY_MS, Bought, Policy
from online_models.ranker import Weights
from online_models.request import Ranked
from online_models.upgrade.candidates import price_of
from online_models.words.texts import ReasonCode, Words
from stream.contracts.events import Event, Usage

# Rules that keep an item out of every list.
ON_SCREEN = "on_screen"
IN_CART = "in_cart"
DISMISSED = "dismissed"
BOUGHT_LATELY = "bought_lately"
SOLD_OUT = "sold_out"
WITHDRAWN = "withdrawn"
# Rules that keep it out of one list.
TAKEN = "in_another_list"
PRICE_BAND = "price_band"
NO_PRICE = "no_price"
LITTLE_EVIDENCE = "too_little_evidence"
SAME_KIND = "same_kind"
LIST_FULL = "list_full"


class Pick(Struct, frozen=True):
    """One item that a list wants to show. `code` names the reason, `anchor` the item that it refers to, `evidence` its figures.

    `amounts`: sums of money, which are evidence too and are said in the item's currency; `words`: what the sentence says beside figures.
    """

    item_id: str
    score: float
    relation: str
    code: ReasonCode
    anchor: str | None = None
    evidence: dict[str, str | float] = {}
    amounts: dict[str, float] = {}
    words: dict[str, str] = {}


class Scene(Struct, frozen=True):
    """One moment with all that is known of it; nothing here is changed by a list.

    `anchors`: the event's distinct items, or the plan that it meters; the first is the one on screen. `never`: what no list shows;
    `bars`: by which rule. `browse`: the next-view candidates of this moment, where they were ranked. `across`: those of other
    categories than the item on screen, by how they go with it, where categories are known. `carts`: those ranked so far by
    (anchors, barred), none twice.
    """

    occasion: Occasion
    memory: SharedMemory
    catalog: Catalog
    weights: Weights
    policy: Policy
    now_ms: int
    anchors: tuple[str, ...]
    cart: tuple[InCart, ...]
    never: frozenset[str]
    bars: Mapping[str, str]
    words: Words
    browse: Ranked | None = None
    across: Ranked | None = None
    carts: dict[tuple[tuple[str, ...], frozenset[str]], Ranked | None] = {}

    @property
    def on_screen(self) -> str | None:
        """The item that the event is about."""
        return self.anchors[0] if self.anchors else None

    def allows(self, item_id: str) -> bool:
        """Return whether the item may be shown at all."""
        return item_id not in self.bars and self.catalog.sellable(item_id)

    def why_not(self, item_id: str) -> str | None:
        """Return the rule that keeps the item out of every list, None when it may be shown."""
        if self.allows(item_id):
            return None
        return self.bars.get(item_id) or (WITHDRAWN if self.catalog.get(item_id) is None else SOLD_OUT)

    def price(self, item_id: str) -> float | None:
        """Return what the item costs now: as the catalogue says, else as last seen in an event."""
        return price_of(item_id, self.memory, self.catalog, self.now_ms)

    def name(self, item_id: str) -> str | None:
        """Return the item's name: as the catalogue says, else as this event does."""
        entry = self.catalog.get(item_id)
        if entry is not None and entry.item_name:
            return entry.item_name
        for item in self.occasion.event.items:
            if item.item_id == item_id:
                return item.item_name
        return None

    def currency(self, item_id: str) -> str | None:
        """Return the currency of the item's price."""
        entry = self.catalog.get(item_id)
        said = self.occasion.event.currency or self.occasion.profile.currency
        return (entry.currency if entry is not None else None) or said


def barred(occasion: Occasion, catalog: Catalog, cart: tuple[InCart, ...], bought: Bought, now_ms: int) -> dict[str, str]:
    """Return what is never shown -> the rule: what was bought lately, what was dismissed, what is in the cart, what the event is about."""
    profile = occasion.profile
    rules = {
        touch.item_id: BOUGHT_LATELY
        for touch in profile.history
        if touch.buys > 0 and now_ms < again_ms(touch.item_id, touch.last_buy_ms, catalog, bought)
    }
    rules |= {name: DISMISSED for name, _ in profile.shown.dismissed if not name.startswith(WHOLE_LIST)}
    rules |= {line.item_id: IN_CART for line in cart}
    return rules | dict.fromkeys(about(occasion.event), ON_SCREEN)


def about(event: Event) -> tuple[str, ...]:
    """Return the distinct items that the event is about; of a meter's reading its plan."""
    return (event.plan_id,) if isinstance(event, Usage) else tuple(dict.fromkeys([item.item_id for item in event.items]))


def again_ms(item_id: str, last_buy_ms: int, catalog: Catalog, bought: Bought) -> int:
    """Return from when on an item bought at `last_buy_ms` may be shown again."""
    entry = catalog.get(item_id)
    if entry is not None and entry.consumable_days is not None:
        return last_buy_ms + int(entry.consumable_days * bought.due_share * DAY_MS)
    return last_buy_ms + int(bought.rebuy_days * DAY_MS)


def scene_of(
    occasion: Occasion,
    *,
    memory: SharedMemory,
    catalog: Catalog,
    weights: Weights,
    policy: Policy,
    now_ms: int,
    browse: Ranked | None,
    across: Ranked | None = None,
) -> Scene:
    """Return the scene of an occasion. O(history)."""
    cart = in_cart(occasion.profile)
    bars = barred(occasion, catalog, cart, policy.bought, now_ms)
    words = policy.texts.of(occasion.profile.language)
    anchors, never = about(occasion.event), frozenset(bars)
    return Scene(occasion, memory, catalog, weights, policy, now_ms, anchors, cart, never, bars, words, browse, across)
