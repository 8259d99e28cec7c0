"""What would be better than the item on screen: dearer items of the same kind, the smallest sensible step first."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.catalog import Catalog
from features.profile import Profile
from online_models.heads import UPGRADE
from online_models.kind import category_of, kin
from online_models.memory.baskets import weight_at
from online_models.memory.sessions import NOTHING, WIDTH
from online_models.memory.shared import SharedMemory
from online_models.ranker import HeadWeights, Weights, score, start_of
from online_models.request import F32, Floats, Ranked, Request

STEP = 1.02  # a smaller difference in price is the same price
FARTHEST = 10.0  # a price so many times higher is another kind of thing
VISITS = 300  # newest touches of the item whose visits are evidence
ORDERS = 100  # newest orders of the item whose buyers are followed
AHEAD = 2  # orders after it that are looked at
HOUR_MS = 60 * 60 * 1000

START = start_of(UPGRADE)

Ints = NDArray[np.intp]


class Kin(Struct, frozen=True):
    """n items of one kind at another price, in the order of their ids. `indices`: in the memory, -1 for items it never met.

    `ratios`: float64 (n,), price of the dearer / price of the cheaper, > 1; `titles`: float64 (n,), cosine.
    """

    items: list[str]
    indices: Ints
    ratios: Floats
    titles: Floats


def rank_upgrade(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: Weights, now_ms: int) -> Ranked:
    """Return the dearer items of the kind of `request.anchors[0]`, best first. About 0.2 ms; at once where it has no price.

    Prices are the catalogue's, else the last that was seen; with `seen_only` items and prices are those of events alone.
    """
    return _ranked(request, profile, memory, catalog, weights.heads["upgrade"], now_ms, dearer=True)


def rank_cheaper(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, now_ms: int) -> Ranked:
    """Return the cheaper items of the kind, best first: the same features and hand-set weights with the ratio turned round. Not learnt."""
    return _ranked(request, profile, memory, catalog, START, now_ms, dearer=False)


def price_of(item_id: str, memory: SharedMemory, catalog: Catalog, now_ms: int) -> float | None:
    """Return what the item costs: as the catalogue says, else as it was last seen in an event."""
    said = catalog.price(item_id, now_ms)
    return said if said is not None else _seen_price(item_id, memory)


def _seen_price(item_id: str, memory: SharedMemory) -> float | None:
    index = memory.items.find(item_id)
    return None if index is None else memory.prices.get(index)


def _ranked(
    request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: HeadWeights, now_ms: int, *, dearer: bool
) -> Ranked:
    anchor = request.anchors[0]
    found = _kin(request, memory, catalog, now_ms, dearer=dearer)
    bucket = 0 if category_of(anchor, memory, catalog) is not None else 1  # the kind of a title is a looser one
    features = _matrix(anchor, found, profile, memory, catalog, request.session, now_ms)
    scores = score(features, weights, bucket)
    order = np.argsort(-scores, kind="stable")  # equals stay in the order of their ids
    ranked = [found.items[at] for at in order]
    sources = tuple([{"ratio": float(found.ratios[at]), "title": float(found.titles[at])} for at in order[: request.k]])
    return Ranked("upgrade", bucket, tuple(ranked), scores[order], features[order], sources)


def _kin(request: Request, memory: SharedMemory, catalog: Catalog, now_ms: int, *, dearer: bool) -> Kin:
    anchor = request.anchors[0]

    def price_now(item_id: str) -> float | None:
        return _seen_price(item_id, memory) if request.seen_only else price_of(item_id, memory, catalog, now_ms)

    price = price_now(anchor)
    kept: list[tuple[str, float, float]] = []
    for item_id, cosine in kin(anchor, memory, catalog, dearer=dearer).items() if price else ():
        other = None if item_id in request.barred else price_now(item_id)
        if not price or not other:
            continue
        ratio = other / price if dearer else price / other
        if STEP < ratio <= FARTHEST:
            kept.append((item_id, ratio, cosine))
    kept.sort()
    numbers = [memory.items.find(item_id) for item_id, _, _ in kept]
    return Kin(
        items=[item_id for item_id, _, _ in kept],
        indices=np.array([NOTHING if number is None else number for number in numbers], np.intp),
        ratios=np.array([ratio for _, ratio, _ in kept]),
        titles=np.array([cosine for _, _, cosine in kept]),
    )


def _matrix(anchor: str, found: Kin, profile: Profile, memory: SharedMemory, catalog: Catalog, session: str, now_ms: int) -> F32:
    if not found.items:
        return np.zeros((0, len(UPGRADE.features)), np.float32)
    columns = [
        *_popularity(found, memory, now_ms),
        *_price(found),
        *_catalogue(anchor, found, catalog),
        *_company(anchor, found, memory, session),
        *_own(found, profile),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _popularity(found: Kin, memory: SharedMemory, now_ms: int) -> list[Floats]:
    popularity, known = memory.popularity, found.indices >= 0
    at = np.where(known, found.indices, 0)
    met = known & (at < len(popularity.counts))
    at = np.where(met, at, 0)
    counts = np.where(met, popularity.counts[at], 0)
    ages = np.maximum(now_ms - popularity.last_ms[at], 0) / HOUR_MS
    return [
        np.log1p(counts),
        np.log1p(np.where(met, popularity.fresh(at, now_ms), 0.0)),
        0.2 * np.log1p(np.where(counts > 0, ages, 0.0)),
        np.log1p(np.where(known, memory.baskets.weights_of(at.astype(np.int32)) / weight_at(now_ms), 0.0)),
    ]


def _price(found: Kin) -> list[Floats]:
    ratios = found.ratios
    logs = np.log(ratios)
    bands = [ratios < 1.1, (ratios >= 1.1) & (ratios < 1.35), (ratios >= 1.35) & (ratios < 2.0), ratios > 3.3]
    return [logs, logs * logs, *[band.astype(np.float64) for band in bands]]


def _catalogue(anchor: str, found: Kin, catalog: Catalog) -> list[Floats]:
    entry = catalog.get(anchor)
    brand = None if entry is None else entry.item_brand
    entries = [catalog.get(item_id) for item_id in found.items]
    same = [brand is not None and other is not None and other.item_brand == brand for other in entries]
    ladder = dict((member, rank) for rank, member in catalog.family(anchor))
    higher = sorted({rank for rank in ladder.values() if rank > ladder.get(anchor, 0)})
    next_up = higher[0] if higher else None
    similar = frozenset(catalog.similar(anchor))
    return [
        np.array(same, np.float64),
        np.array([next_up is not None and ladder.get(item_id) == next_up for item_id in found.items], np.float64),
        np.array([ladder.get(item_id) in higher for item_id in found.items], np.float64),
        np.array([item_id in similar for item_id in found.items], np.float64),
        found.titles,
    ]


def _company(anchor: str, found: Kin, memory: SharedMemory, session: str) -> list[Floats]:
    """Return what visits and orders say of the pair: who went on to it, who looked at both, who bought both."""
    followed, together, orders, similarity, switched = (np.zeros(len(found.items)) for _ in range(5))
    here = memory.items.find(anchor)
    if here is not None:
        place = np.full(len(memory.items) + 1, NOTHING)  # the last one, index -1, is for empty cells
        known = np.flatnonzero(found.indices >= 0)
        place[found.indices[known]] = known
        followed, together = _visits(here, place, len(found.items), memory, session)
        table = memory.baskets.neighbours(here)
        rows = place[table.ids]
        orders[rows[rows >= 0]] = table.counts[rows >= 0]
        similarity = _similarity(here, found.indices, memory)
        switched = _switched(here, place, len(found.items), memory)
    return [
        np.log1p(50.0 * followed / max(followed.sum(), 1.0)),
        followed / max(followed.max(), 1.0),
        np.log1p(followed),
        np.log1p(together),
        orders / max(orders.sum(), 1.0),
        np.log1p(orders),
        similarity,
        np.log1p(50.0 * switched / max(switched.sum(), 1.0)),
        switched / max(switched.max(), 1.0),
        np.log1p(switched),
    ]


def _visits(here: int, place: Ints, n: int, memory: SharedMemory, session: str) -> tuple[Floats, Floats]:
    """Return how many of the item's newest touches were followed, and how many accompanied, by each candidate in its row."""
    sessions = memory.sessions
    slots, columns = sessions.places(sessions.postings.newest(here, VISITS))
    others = sessions.starts[slots] != sessions.start_of(session)
    slots, columns = slots[others], columns[others]
    rows = place[sessions.items[slots]]  # (touches, 20)
    later = (rows >= 0) & (np.arange(WIDTH) > columns[:, None])
    return (
        np.bincount(rows[later], minlength=n).astype(np.float64),
        np.bincount(rows[rows >= 0], minlength=n).astype(np.float64),
    )


def _switched(here: int, place: Ints, n: int, memory: SharedMemory) -> Floats:
    """Return how often the buyers of the item took each candidate in one of their next orders."""
    baskets = memory.baskets
    numbers = baskets.newest(here, ORDERS)
    counts = np.zeros(n)
    for _ in range(AHEAD):
        numbers = baskets.next_of(numbers)
        rows = place[baskets.rows[numbers % baskets.capacity]]
        counts += np.bincount(rows[rows >= 0], minlength=n)
    return counts


def _similarity(here: int, indices: Ints, memory: SharedMemory) -> Floats:
    """Return the cosine of the company that the items keep; 0 where one of them keeps none."""
    similarity = memory.similarity
    if here >= len(similarity.squares) or not similarity.squares[here]:
        return np.zeros(len(indices))
    met = (indices >= 0) & (indices < len(similarity.squares))
    at = np.where(met, indices, here)
    squares = np.where(met, similarity.squares[at], 0.0)
    products = similarity.of(at) @ similarity.of([here])[0]
    return np.where(squares > 0, products / np.sqrt(np.maximum(squares, 1.0) * similarity.squares[here]), 0.0)


def _own(found: Kin, profile: Profile) -> list[Floats]:
    touches = {touch.item_id: touch for touch in profile.history}
    own = [touches.get(item_id) for item_id in found.items]
    return [
        np.array([touch is not None and touch.views > 0 for touch in own], np.float64),
        np.array([touch is not None and touch.carts > 0 for touch in own], np.float64),
        np.array([touch is not None and touch.buys > 0 for touch in own], np.float64),
    ]
