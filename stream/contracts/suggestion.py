"""What frontends subscribe to."""

from typing import Literal

from msgspec import Struct

from stream.contracts.ids import IdText

ListId = Literal["accessories", "upgrades", "alternatives", "bundle", "top_up", "also_bought", "plans"]
SUGGESTION_LIFE_MS = 15 * 60 * 1000


class Reason(Struct, frozen=True, omit_defaults=True):
    """Why an item is shown: a code for machines, the figures it rests on, a sentence for the customer."""

    code: str
    text: str
    evidence: dict[str, str | float] = {}


class SuggestedItem(Struct, frozen=True, omit_defaults=True):
    """One card. `price_difference` is against the item on screen; `propensity` is the chance that it was chosen."""

    item_id: IdText
    index: int
    score: float
    reason: Reason
    item_name: str | None = None
    price: float | None = None
    currency: str | None = None
    p_uptake: float | None = None
    propensity: float = 1.0
    relation: str | None = None
    benefit: str | None = None
    price_difference: float | None = None


class SuggestedList(Struct, frozen=True, omit_defaults=True):
    """One list, best first; without items it clears what stood under this id.

    Of a bundle, `set_price` is what its items cost together with the one on screen (`context.item_id`, which is not among them), and
    `set_price_before` the sum of their prices where the shop lowers it; both in `currency`.
    """

    item_list_id: ListId
    headline: str
    items: tuple[SuggestedItem, ...]
    set_price: float | None = None
    set_price_before: float | None = None
    currency: str | None = None


class Context(Struct, frozen=True, omit_defaults=True):
    """What the customer was doing."""

    event: str
    item_id: str | None = None


class Suggestion(Struct, frozen=True, omit_defaults=True):
    """What to show to one customer now. Of one list in one session the highest `seq` wins; after `expires_ms` nothing is shown."""

    suggestion_id: IdText
    seq: int
    caused_by: str
    customer: str
    session_id: str
    context: Context
    created_ms: int
    expires_ms: int
    lists: tuple[SuggestedList, ...]
    model_version: int
    policy_version: str
    memory_version: int
    published_ms: int | None = None
    experiment: dict[str, str] = {}
