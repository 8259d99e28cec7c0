"""The shop's goods as its pages show them: by department, by number, and found by words."""

import math
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from stream.contracts.catalog import CatalogItem, Rating
from stream.demo.front.groups import CountedGroup, counted, departments_of, groups_of
from stream.demo.front.search import Search

PAGE = 24  # items
LIMIT = "limit:"  # begins the name of a spec that says how much a plan allows
SOLD_WEIGHT = 0.5  # bm25 that e times as many orders are worth


class Good(Struct, frozen=True, omit_defaults=True):
    """An item on a page. `sold`: orders with it before the demo's live part. `family`: of a plan, the line that it stands in."""

    item_id: str
    item_name: str
    price: float | None
    currency: str | None
    sold: int
    brand: str | None = None
    benefits: dict[str, str] = {}
    specs: dict[str, str | float | bool] = {}
    rating: Rating | None = None
    family: str | None = None


class Goods(Struct, frozen=True):
    """One page of goods; `total` and `pages` are of all that were found."""

    items: list[Good]
    total: int
    pages: int


class Assortment:
    """All goods, the most sold first. Single-threaded."""

    def __init__(self, catalog: Sequence[CatalogItem], sold: Mapping[str, int], departments: Mapping[str, str] | None = None) -> None:
        goods = [good_of(one, sold.get(one.item_id, 0)) for one in catalog]
        self._by_id = {good.item_id: good for good in goods}
        self._goods = sorted([good for good in goods if good.family is None], key=lambda good: (-good.sold, good.item_name, good.item_id))
        categories = {one.item_id: one.item_category for one in catalog}
        among = departments_of(departments or {})
        self._groups = [groups_of(good.item_name, categories[good.item_id], among) for good in self._goods]
        self.groups: list[CountedGroup] = counted(self._groups, among)
        titles = {group.group: " ".join(group.title.values()) for group in among}
        self._search = Search(
            (place, good.item_name, good.item_id, " ".join(titles[group] for group in groups))
            for place, (good, groups) in enumerate(zip(self._goods, self._groups, strict=True))
        )

    def plans(self, family: str) -> Goods:
        """Return the plans of a line, the smallest first; they are no goods that a search finds."""
        found = [good for good in self._by_id.values() if good.family == family]
        return Goods(found, len(found), 1 if found else 0)

    def close(self) -> None:
        """Let the index go."""
        self._search.close()

    def find(self, item_id: str) -> Good | None:
        """Return one item."""
        return self._by_id.get(item_id)

    def named(self, item_ids: Iterable[str]) -> Goods:
        """Return these items in this order, each once; unknown ones are left out."""
        found = [good for item_id in dict.fromkeys(item_ids) if (good := self._by_id.get(item_id)) is not None]
        return Goods(found, len(found), 1 if found else 0)

    def page(self, query: str = "", group: str = "", page: int = 1) -> Goods:
        """Return a page of what is in `group` (empty: anywhere) and answers to `query` (empty, or without a word: everything).

        The first page is 1; beyond the last one there is nothing.
        """
        found = [place for place in self._matching(query) if not group or group in self._groups[place]]
        shown = found[(page - 1) * PAGE : page * PAGE]
        return Goods([self._goods[place] for place in shown], len(found), math.ceil(len(found) / PAGE))

    def _matching(self, query: str) -> Iterable[int]:
        """Return where the goods stand that answer to `query`, best first: by the words, and by how well they sell."""
        found = self._search.find(query)
        if found is None:
            return range(len(self._goods))
        return [place for _, place in sorted((rank - SOLD_WEIGHT * math.log1p(self._goods[place].sold), place) for place, rank in found)]


def good_of(entry: CatalogItem, sold: int) -> Good:
    """Return the item as pages show it. An entry with a place in a line and a `limit:` is a plan."""
    plan = entry.tier is not None and any(name.startswith(LIMIT) for name in entry.specs)
    return Good(
        entry.item_id,
        entry.item_name or entry.item_id,
        entry.price,
        entry.currency,
        sold,
        entry.item_brand,
        entry.benefits,
        entry.specs,
        entry.rating,
        entry.tier.family if plan and entry.tier is not None else None,
    )
