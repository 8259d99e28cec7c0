"""The browse head's answer: candidates, scored and put in order, with what brought them."""

from collections.abc import Sequence
from itertools import compress, islice

import numpy as np
from msgspec import Struct

from features.catalog import Catalog
from features.profile import Profile
from online_models.browse.candidates import FEW, Candidates, gather
from online_models.browse.features import COLUMN, features
from online_models.browse.neighbours import DIRECTED, MOST, NEXT
from online_models.browse.situation import situation
from online_models.heads import BROWSE
from online_models.memory.dense import Ints
from online_models.memory.sessions import Times
from online_models.memory.shared import SharedMemory
from online_models.ranker import Weights, score_parts
from online_models.request import F32, Floats, Ranked, Request

STAND_INS = 40  # items of the catalogue that are offered while hardly anything was seen
SOURCES = ("neighbours", "together", "session", "history", "category", "two_hop", "popular")


class Asked(Struct, frozen=True):
    """One question about the next view; `now_ms` is its event's time."""

    request: Request
    profile: Profile
    now_ms: int


def rank_browse(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: Weights, now_ms: int) -> Ranked:
    """Return what the customer may look at next; never `request.anchors[0]`, the item on screen. About 0.3 ms.

    A shop without events answers with items of its catalogue, those of the category on screen first, unless `request.seen_only`.
    """
    return rank_views([Asked(request, profile, now_ms)], memory, catalog, weights)[0]


def rank_views(asked: Sequence[Asked], memory: SharedMemory, catalog: Catalog, weights: Weights) -> list[Ranked]:
    """Return the answer of `rank_browse` to each question, bit by bit the same, all of them worked out in one set of arrays.

    numpy's calls cost more than what they compute here: 4 questions at once cost half of 4 one by one, 16 a third.
    """
    situations = [situation(one.request, one.profile, memory, catalog, one.now_ms) for one in asked]
    found = gather(memory, [one.profile for one in asked], situations)
    table = features(memory, situations, found)
    near = [last - first for first, last in found.neighbours.ends]
    parts = [(*ends, bucket_of(len(one.request.anchors), n)) for one, ends, n in zip(asked, found.ends, near, strict=True)]
    scores = score_parts(table, weights.heads[BROWSE.name], parts)
    return [_ranked(one.request, part, found, table, scores, memory, catalog) for one, part in zip(asked, parts, strict=True)]


def _ranked(
    request: Request, part: tuple[int, int, int], found: Candidates, table: F32, scores: Floats, memory: SharedMemory, catalog: Catalog
) -> Ranked:
    begin, end, bucket = part
    items, features, scores = found.items[begin:end], table[:, begin:end], scores[begin:end]
    order = _order(scores, memory.items.ties, items)
    ids = list(map(memory.items.ids.__getitem__, items.take(order).tolist()))
    barred = request.barred.difference(request.anchors[:1])  # the item on screen is no candidate
    if catalog.version or not barred.isdisjoint(ids):
        kept = [place for place, one in enumerate(ids) if one not in request.barred and catalog.sellable(one)]
        order, ids = order[kept], [ids[place] for place in kept]
    sources = _sources(memory, found, table, order[: request.k] + begin)
    scores, columns = scores.take(order), features.take(order, axis=1).T
    if len(ids) < FEW and not request.seen_only:
        stand_ins = _stand_ins(request, catalog, frozenset(ids))
        ids += stand_ins
        columns = np.concatenate([columns, np.zeros((len(stand_ins), columns.shape[1]), np.float32)])
        scores = np.concatenate([scores, np.full(len(stand_ins), min(0.0, scores.min(initial=0.0)))])
        sources += ({"catalog": 1.0},) * max(0, min(len(ids), request.k) - len(sources))
    return Ranked(BROWSE.name, bucket, tuple(ids), scores, columns, sources)


def _order(scores: Floats, ties: Times, items: Ints) -> Ints:
    """Return the places by descending score, equal ones by the items' `ties`."""
    return np.lexsort((ties.take(items), -scores))


def bucket_of(length: int, neighbours: int) -> int:
    """Return the context: 0 to 2 by the session's distinct items (one, 2 to 4, more), plus 3 where neighbours are fewer than are kept."""
    return (0 if length <= 1 else 1 if length <= 4 else 2) + (3 if neighbours < MOST else 0)


def _sources(memory: SharedMemory, found: Candidates, table: F32, best: Ints) -> tuple[dict[str, float], ...]:
    """Return for each of the best what speaks for it, in plain numbers."""
    if not len(best):
        return ()
    evidence = np.zeros((len(SOURCES), len(found.items)))
    evidence[0, found.near], evidence[1, found.near] = found.neighbours.evidence.take((DIRECTED, NEXT), axis=0)
    evidence[2, found.session] = 1
    evidence[3, found.history] = [max(touch.views + touch.carts + touch.buys, 0) for touch in found.touches]
    evidence[4] = table[COLUMN["same_category"]]
    evidence[5, found.hop] = found.hop_weights
    evidence[6] = memory.popularity.counts.take(found.items)
    return tuple([dict(compress(zip(SOURCES, one, strict=True), one)) for one in evidence.take(best, axis=1).T.tolist()])


def _stand_ins(request: Request, catalog: Catalog, taken: frozenset[str]) -> list[str]:
    """Return up to 40 listed items of which nothing is known yet, those of the category on screen first."""
    barred = taken | request.barred | frozenset(request.anchors[:1])
    category = catalog.category(request.anchors[0]) if request.anchors else None
    alike = catalog.of_category(category) if category is not None else iter(())
    first = list(islice((one for one in alike if one not in barred and catalog.sellable(one)), STAND_INS))
    barred |= frozenset(first)
    rest = (one for one in catalog.ids() if one not in barred and catalog.sellable(one))
    return first + list(islice(rest, STAND_INS - len(first)))
