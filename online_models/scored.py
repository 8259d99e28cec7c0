"""A candidate's score taken apart: every feature that is not zero, its weight, and their product."""

from math import fsum

from msgspec import Struct

from online_models.heads import HEADS
from online_models.ranker import Weights
from online_models.request import Ranked


class Term(Struct, frozen=True):
    """One feature of one candidate; `weight` is the shared one plus that of the bucket."""

    feature: str
    value: float
    weight: float
    product: float


class Scored(Struct, frozen=True):
    """A candidate in one head's order: `place` from 1 on, `score` as it was ranked, `total` the sum of the products.

    `sources`: what brought it, in plain numbers; empty where the head did not say it for so low a place.
    """

    head: str
    bucket: int
    place: int
    of: int
    score: float
    total: float
    sources: dict[str, float]
    terms: tuple[Term, ...]


def scored(item_id: str, ranked: Ranked, weights: Weights) -> Scored | None:
    """Return how `item_id` came to its score, the largest products first.

    None when it is no candidate of this head, or one of the catalogue's stand-ins, of which nothing is known and which come last.
    """
    if item_id not in ranked.items:
        return None
    at = ranked.items.index(item_id)
    own = weights.heads[ranked.head].total[ranked.bucket].tolist()
    values = ranked.features[at].tolist()
    named = zip(HEADS[ranked.head].features, values, own, strict=True)
    terms = [Term(name, value, weight, value * weight) for name, value, weight in named if value]
    if not terms:
        return None
    terms.sort(key=lambda term: (-abs(term.product), term.feature))
    return Scored(
        ranked.head,
        ranked.bucket,
        at + 1,
        len(ranked.items),
        float(ranked.scores[at]),
        fsum(term.product for term in terms),
        ranked.sources[at] if at < len(ranked.sources) else {},
        tuple(terms),
    )
