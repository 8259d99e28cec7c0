"""The shop's campaigns: what is put forward between two dates, and the words that say so."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from stream.contracts.ids import IdText

Moment = Annotated[datetime, Meta(tz=True)]
DISCOUNT = "{discount_percent}"  # stands in a campaign's words for its figure


class Campaign(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is put forward from `starts` on and before `ends`.

    `items`, `categories` (leaf categories), `brands`: what belongs to it; one of them is enough. `boost`: added to the score of
    what belongs to it, in standard deviations of the list's scores. `discount_percent`: what the shop announces; the price that is
    shown stays the catalogue's. `benefit`: language -> words on the card.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    starts: Moment
    ends: Moment
    items: frozenset[IdText] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    boost: Annotated[float, Meta(ge=0, le=100)] = 1.0
    discount_percent: Annotated[float, Meta(gt=0, lt=100)] | None = None
    benefit: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.starts.tzinfo is not None and self.ends.tzinfo is not None and self.ends <= self.starts:
            raise ValueError(f"ends: {self.ends.isoformat()} is not after starts, {self.starts.isoformat()}; give a later one")
        if not (self.items or self.categories or self.brands):
            raise ValueError("items: neither items nor categories nor brands are named; name what belongs to the campaign")
        if self.discount_percent is None and any(DISCOUNT in words for words in self.benefit.values()):
            raise ValueError(f"benefit: says {DISCOUNT}, but discount_percent is not given; give it or take it out of the words")

    def runs(self, now_ms: int) -> bool:
        """Return whether `now_ms` lies within its dates; the first millisecond does, the last does not."""
        return self.starts.timestamp() * 1000 <= now_ms < self.ends.timestamp() * 1000

    def holds(self, item_id: str, category: str | None, brand: str | None) -> bool:
        """Return whether the item belongs to it."""
        return item_id in self.items or category in self.categories or brand in self.brands

    def words(self) -> dict[str, str]:
        """Return language -> words, with the discount's figure in them."""
        figure = "" if self.discount_percent is None else f"{self.discount_percent:g}"
        return {language: words.replace(DISCOUNT, figure) for language, words in self.benefit.items()}
