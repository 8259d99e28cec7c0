"""What the shop sells, in memory: entries, prices of the moment, and who goes with whom by the shop's own word."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from math import inf, nextafter
from typing import TypeVar

from stream.contracts.catalog import CatalogItem


class Catalog:
    """The newest entry of every item, with the relations turned round so that both ends find each other.

    Every change costs O(relations of the entry) and a place in sorted lists; every question is a look-up. The answers depend on
    what was put in, never on the order of arrival. `version` grows with every change that tells something new, `names_version` only
    when items or their names change, which is what titles are indexed by.
    """

    def __init__(self) -> None:
        self.version = 0
        self.names_version = 0
        self._entries: dict[str, CatalogItem] = {}
        self._withdrawn: set[str] = set()
        self._accessories: dict[str, list[str]] = {}  # item -> what says it belongs to it, by id
        self._series: dict[str, list[str]] = {}  # series -> its items, by id
        self._authors: dict[str, list[str]] = {}  # author -> the same
        self._families: dict[str, list[tuple[int, str]]] = {}  # family -> (rank, item), lowest first
        self._shelves: dict[str, list[tuple[float, str]]] = {}  # leaf category -> (list price or inf, item), cheapest first
        self._ids: list[str] | None = None  # sorted, until the next change

    def __len__(self) -> int:
        """Return how many items are listed."""
        return len(self._entries)

    def put(self, item: CatalogItem) -> None:
        """Take `item` as the whole truth about its id; a withdrawn item is listed again."""
        before = self._entries.get(item.item_id)
        if before == item:
            return
        if before is not None:
            self._unlink(before)
        if before is None or before.item_name != item.item_name:
            self._names_changed()
        self._withdrawn.discard(item.item_id)
        self._entries[item.item_id] = item
        self._link(item)
        self.version += 1

    def withdraw(self, item_id: str) -> None:
        """Forget the entry but remember that the item is no longer sold."""
        if item_id in self._withdrawn:
            return
        before = self._entries.pop(item_id, None)
        if before is not None:
            self._unlink(before)
            self._names_changed()
        self._withdrawn.add(item_id)
        self.version += 1

    def get(self, item_id: str) -> CatalogItem | None:
        """Return the item's entry; None when it is unknown or withdrawn."""
        return self._entries.get(item_id)

    def ids(self) -> Sequence[str]:
        """Return the listed items, by id. O(n log n) once after every change."""
        if self._ids is None:
            self._ids = sorted(self._entries)
        return self._ids

    def of_category(self, category: str) -> Iterator[str]:
        """Yield the items of a leaf category, the cheapest first, those without a price last."""
        return (item_id for _, item_id in self._shelves.get(category, ()))

    @property
    def has_categories(self) -> bool:
        """Return whether any listed item names one."""
        return bool(self._shelves)

    def price(self, item_id: str, now_ms: int) -> float | None:
        """Return what one piece costs at `now_ms`: the sale price within its period, else the list price."""
        entry = self._entries.get(item_id)
        if entry is None:
            return None
        if entry.sale_price is None:
            return entry.price
        period = entry.sale_price_effective_date
        if period is None or period.start_ms <= now_ms < period.end_ms:
            return entry.sale_price
        return entry.price

    def category(self, item_id: str) -> str | None:
        """Return the most specific category of the item, None when the shop names none."""
        entry = self._entries.get(item_id)
        return None if entry is None else entry.leaf_category

    def sellable(self, item_id: str) -> bool:
        """Return False when the item is withdrawn or out of stock; an item never heard of is taken to be sold."""
        entry = self._entries.get(item_id)
        if entry is None:
            return item_id not in self._withdrawn
        return entry.availability != "out_of_stock"

    def accessories_of(self, item_id: str) -> tuple[str, ...]:
        """Return the items that call themselves an accessory or spare part of this one, by id."""
        return tuple(self._accessories.get(item_id, ()))

    def related(self, item_id: str) -> tuple[str, ...]:
        """Return what the entry says is bought with the item, in the shop's order."""
        entry = self._entries.get(item_id)
        return () if entry is None else entry.is_related_to

    def similar(self, item_id: str) -> tuple[str, ...]:
        """Return what the entry says is an alternative to the item, in the shop's order."""
        entry = self._entries.get(item_id)
        return () if entry is None else entry.is_similar_to

    def of_series(self, item_id: str) -> tuple[str, ...]:
        """Return the other items of the item's series, by id."""
        entry = self._entries.get(item_id)
        return () if entry is None or entry.series is None else _others(self._series[entry.series], item_id)

    def of_author(self, item_id: str) -> tuple[str, ...]:
        """Return what else is by the item's author, by id."""
        entry = self._entries.get(item_id)
        return () if entry is None or entry.author is None else _others(self._authors[entry.author], item_id)

    def family(self, item_id: str) -> tuple[tuple[int, str], ...]:
        """Return the (rank, item) of the item's graded line, lowest rank first, itself included."""
        entry = self._entries.get(item_id)
        return () if entry is None or entry.tier is None else tuple(self._families[entry.tier.family])

    def neighbours_in_price(self, item_id: str, most: int, *, dearer: bool) -> tuple[str, ...]:
        """Return the items of the same leaf category with the next higher (or lower) list prices, the nearest first."""
        entry = self._entries.get(item_id)
        if entry is None or entry.leaf_category is None or entry.price is None:
            return ()
        shelf = self._shelves[entry.leaf_category]
        if dearer:
            start = bisect_left(shelf, (nextafter(entry.price, inf), ""))
            return tuple([other for price, other in shelf[start : start + most] if price < inf])
        stop = bisect_left(shelf, (entry.price, ""))
        return tuple([other for _, other in reversed(shelf[max(0, stop - most) : stop])])

    def _names_changed(self) -> None:
        self.names_version += 1
        self._ids = None

    def _link(self, item: CatalogItem) -> None:
        for parent in sorted(set(item.is_accessory_or_spare_part_for)):
            insort(self._accessories.setdefault(parent, []), item.item_id)
        if item.series is not None:
            insort(self._series.setdefault(item.series, []), item.item_id)
        if item.author is not None:
            insort(self._authors.setdefault(item.author, []), item.item_id)
        if item.tier is not None:
            insort(self._families.setdefault(item.tier.family, []), (item.tier.rank, item.item_id))
        if item.leaf_category is not None:
            insort(self._shelves.setdefault(item.leaf_category, []), _on_shelf(item))

    def _unlink(self, item: CatalogItem) -> None:
        for parent in sorted(set(item.is_accessory_or_spare_part_for)):
            _remove(self._accessories, parent, item.item_id)
        if item.series is not None:
            _remove(self._series, item.series, item.item_id)
        if item.author is not None:
            _remove(self._authors, item.author, item.item_id)
        if item.tier is not None:
            _remove(self._families, item.tier.family, (item.tier.rank, item.item_id))
        if item.leaf_category is not None:
            _remove(self._shelves, item.leaf_category, _on_shelf(item))


class EverythingSold(Catalog):
    """The same catalogue, in which nothing is withdrawn or sold out: to name what was left out for that."""

    def __init__(self, catalog: Catalog) -> None:
        self.__dict__ = catalog.__dict__

    def sellable(self, item_id: str) -> bool:
        """Return True."""
        return True


Place = TypeVar("Place", str, tuple[int, str], tuple[float, str])


def _others(items: Sequence[str], item_id: str) -> tuple[str, ...]:
    return tuple([other for other in items if other != item_id])


def _on_shelf(item: CatalogItem) -> tuple[float, str]:
    return inf if item.price is None else item.price, item.item_id


def _remove(lists: dict[str, list[Place]], key: str, place: Place) -> None:
    held = lists[key]
    del held[bisect_left(held, place)]
    if not held:
        del lists[key]
