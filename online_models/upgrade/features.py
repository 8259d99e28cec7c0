"""The upgrade head's features: the step in price, the catalogue's word, the company that the items keep, the customer's own taste."""

import numpy as np

from features.catalog import Catalog
from features.decay import usual_price
from features.profile import Profile
from online_models.heads import UPGRADE
from online_models.kind import category_of
from online_models.memory.baskets import weight_at
from online_models.memory.sessions import NOTHING, WIDTH
from online_models.memory.shared import SharedMemory
from online_models.request import F32, Floats
from online_models.upgrade.candidates import Ints, Kin

VISITS = 300  # newest touches of the item whose visits are evidence
ORDERS = 100  # newest orders of the item whose buyers are followed
AHEAD = 2  # orders after it that are looked at
HOUR_MS = 60 * 60 * 1000


def matrix(anchor: str, found: Kin, profile: Profile, memory: SharedMemory, catalog: Catalog, session: str, now_ms: int) -> F32:
    """Return the features, float32 (n, d) in the order of heads.UPGRADE."""
    if not found.items:
        return np.zeros((0, len(UPGRADE.features)), np.float32)
    columns = [
        *_popularity(found, memory, now_ms),
        *_price(found),
        *_catalogue(anchor, found, catalog),
        *_company(anchor, found, memory, session),
        *_own(found, profile),
        *_taste(anchor, found, profile, memory, catalog, now_ms),
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


def _taste(anchor: str, found: Kin, profile: Profile, memory: SharedMemory, catalog: Catalog, now_ms: int) -> list[Floats]:
    """Return how far each is above what the customer usually pays in the category, and how much of what he touched is of its brand."""
    usual = usual_price(profile.spend, now_ms, category=category_of(anchor, memory, catalog))
    above = np.zeros(len(found.items)) if not usual else np.log(found.prices / usual)
    touched = [entry.item_brand for touch in profile.history if (entry := catalog.get(touch.item_id)) is not None and entry.item_brand]
    brands = [None if (entry := catalog.get(item_id)) is None else entry.item_brand for item_id in found.items]
    return [
        above,
        np.maximum(above, 0.0) ** 2,
        np.array([touched.count(brand) / len(touched) if touched and brand else 0.0 for brand in brands]),
    ]
