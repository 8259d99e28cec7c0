"""Which items are of the kind on screen at another price."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.catalog import Catalog
from online_models.kind import kin
from online_models.memory.sessions import NOTHING
from online_models.memory.shared import SharedMemory
from online_models.request import Floats, Request

STEP = 1.02  # a smaller difference in price is the same price
FARTHEST = 10.0  # a price so many times higher is another kind of thing

Ints = NDArray[np.intp]


class Kin(Struct, frozen=True):
    """n items of one kind at another price, in the order of their ids. `indices`: in the memory, -1 for items it never met.

    `prices`: float64 (n,); `ratios`: float64 (n,), price of the dearer / price of the cheaper, > 1; `titles`: float64 (n,), cosine.
    """

    items: list[str]
    indices: Ints
    prices: Floats
    ratios: Floats
    titles: Floats


def kin_of(request: Request, memory: SharedMemory, catalog: Catalog, now_ms: int, *, dearer: bool) -> Kin:
    """Return what is dearer, or cheaper, than `request.anchors[0]`, and not barred; nothing where its price is not known."""
    anchor = request.anchors[0]

    def price_now(item_id: str) -> float | None:
        return _seen_price(item_id, memory) if request.seen_only else price_of(item_id, memory, catalog, now_ms)

    price = price_now(anchor)
    kept: list[tuple[str, float, float, float]] = []
    for item_id, cosine in kin(anchor, memory, catalog, dearer=dearer).items() if price else ():
        other = None if item_id in request.barred else price_now(item_id)
        if not price or not other:
            continue
        ratio = other / price if dearer else price / other
        if STEP < ratio <= FARTHEST:
            kept.append((item_id, other, ratio, cosine))
    kept.sort()
    numbers = [memory.items.find(item_id) for item_id, *_ in kept]
    return Kin(
        items=[item_id for item_id, *_ in kept],
        indices=np.array([NOTHING if number is None else number for number in numbers], np.intp),
        prices=np.array([price for _, price, _, _ in kept]),
        ratios=np.array([ratio for _, _, ratio, _ in kept]),
        titles=np.array([cosine for *_, cosine in kept]),
    )


def price_of(item_id: str, memory: SharedMemory, catalog: Catalog, now_ms: int) -> float | None:
    """Return what the item costs: as the catalogue says, else as it was last seen in an event."""
    said = catalog.price(item_id, now_ms)
    return said if said is not None else _seen_price(item_id, memory)


def _seen_price(item_id: str, memory: SharedMemory) -> float | None:
    index = memory.items.find(item_id)
    return None if index is None else memory.prices.get(index)
