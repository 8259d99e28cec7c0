"""What is of the same kind as an item, and so could be taken in its place: by category, else by title."""

from features.catalog import Catalog
from online_models.memory.sessions import NOTHING
from online_models.memory.shared import SharedMemory
from online_models.titles import titles_of, words

ALIKE = 0.45  # cosine of titles from which on two items without a category are of one kind,
SHARED_WORDS = 2  # if they share so many words, or all: one rare word makes a motif, not a kind
LATEST = 200  # items of the category, those touched last, that are looked at
LISTED = 40  # items of the category next in the catalogue by price


def category_of(item_id: str, memory: SharedMemory, catalog: Catalog) -> str | None:
    """Return the item's category: as the catalogue says, else as the events do."""
    said = catalog.category(item_id)
    if said is not None:
        return said
    index = memory.items.find(item_id)
    number = NOTHING if index is None or index >= len(memory.categories.of) else int(memory.categories.of[index])
    return None if number == NOTHING else memory.categories.names.ids[number]


def same_category(one: str, other: str, memory: SharedMemory, catalog: Catalog) -> bool:
    """Return whether both are known to be of one category."""
    here = category_of(one, memory, catalog)
    return here is not None and here == category_of(other, memory, catalog)


def same_kind(one: str, other: str, memory: SharedMemory, catalog: Catalog) -> bool:
    """Return whether one could be taken instead of the other; False where nothing is known."""
    if not memory.categories.held and not len(catalog):
        return False
    here, there = category_of(one, memory, catalog), category_of(other, memory, catalog)
    if here is not None and there is not None:
        return here == there
    if catalog.get(one) is None or catalog.get(other) is None:
        return False
    return any(item_id == other and _alike(one, other, cosine, catalog) for item_id, cosine in titles_of(catalog).similar(one))


def kin(item_id: str, memory: SharedMemory, catalog: Catalog, *, dearer: bool) -> dict[str, float]:
    """Return the items of the same kind -> cosine of the titles (0 where it is unknown), in no order that means anything.

    `dearer` says which side of the catalogue's price is read; the memory's items come at any price.
    """
    found: dict[str, float] = dict.fromkeys([*[member for _, member in catalog.family(item_id)], *catalog.similar(item_id)], 0.0)
    category = category_of(item_id, memory, catalog)
    number = None if category is None else memory.categories.names.find(category)
    if number is not None:
        found |= dict.fromkeys([memory.items.ids[index] for index in memory.categories.latest(number, LATEST)], 0.0)
    if category is not None:
        found |= dict.fromkeys(catalog.neighbours_in_price(item_id, LISTED, dearer=dearer), 0.0)
    for other, cosine in titles_of(catalog).similar(item_id):
        if other in found or (None in (category, category_of(other, memory, catalog)) and _alike(item_id, other, cosine, catalog)):
            found[other] = cosine
    found.pop(item_id, None)
    return found


def _alike(one: str, other: str, cosine: float, catalog: Catalog) -> bool:
    if cosine < ALIKE:
        return False
    here, there = _words(catalog, one), _words(catalog, other)
    return len(here & there) >= min(SHARED_WORDS, len(here), len(there))


def _words(catalog: Catalog, item_id: str) -> frozenset[str]:
    entry = catalog.get(item_id)
    return frozenset(words(entry.item_name or "")) if entry is not None else frozenset()
