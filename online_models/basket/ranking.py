"""One cart answered: candidates, features, scores, and what each of the first rests on."""

import numpy as np

from features.catalog import Catalog
from features.profile import Profile
from online_models.basket.candidates import Candidates, find
from online_models.basket.features import matrix
from online_models.memory.shared import SharedMemory
from online_models.ranker import Weights, score
from online_models.request import Ranked, Request
from online_models.titles import titles_of

SHRINKAGE = 5.0  # baskets: one of one is no better than six of eleven


def rank_basket(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: Weights, now_ms: int) -> Ranked:
    """Return what else belongs in the cart `request.anchors`, best first: about 0.6 ms for one line, 1.3 ms for 20 and more.

    Mode `discover` leaves out what the profile says was bought before; `mixed` may repeat it. Each mode is a head of its own.
    """
    head = f"basket.{request.mode}"
    found = find(request, profile, memory, titles_of(catalog))
    features = matrix(found, profile, memory, now_ms)
    bucket = _bucket(len(found.anchors))
    scores = score(features, weights.heads[head], bucket)
    order = np.argsort(-scores, kind="stable")  # equal scores stay in the order of the vocabulary's ties
    return Ranked(
        head=head,
        bucket=bucket,
        items=tuple([found.items[row] for row in order.tolist()]),
        scores=scores[order],
        features=features[order],
        sources=tuple([_sources(found, memory, row) for row in order[: request.k].tolist()]),
    )


def _bucket(anchors: int) -> int:
    return 0 if anchors <= 1 else 1 if anchors <= 5 else 2


def _sources(found: Candidates, memory: SharedMemory, row: int) -> dict[str, float]:
    """Return what speaks for a candidate: `together` of the `of` baskets with request.anchors[`anchor`] held it too, and the like."""
    said: dict[str, float] = {}
    met = np.flatnonzero(found.met.rows == row)
    if len(met):
        of = memory.baskets.counts_of(found.anchors[found.met.anchors[met]])
        best = int(np.argmax(found.met.counts[met] / (of + SHRINKAGE)))
        said |= {"together": float(found.met.counts[met[best]]), "of": float(of[best])}
        said["anchor"] = float(found.anchor_at[int(found.met.anchors[met[best]])])
    if found.titles[row]:
        said["title"] = float(found.titles[row])
    if row in found.own:
        said["bought"] = float(found.own[row].buys)
    return said
