"""The upgrade head's answer: dearer items of the same kind, the smallest sensible step first; and the same turned round."""

import numpy as np

from features.catalog import Catalog
from features.profile import Profile
from online_models.heads import UPGRADE
from online_models.kind import category_of
from online_models.memory.shared import SharedMemory
from online_models.ranker import HeadWeights, Weights, score, start_of
from online_models.request import Ranked, Request
from online_models.upgrade.candidates import kin_of
from online_models.upgrade.features import matrix

START = start_of(UPGRADE)


def rank_upgrade(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: Weights, now_ms: int) -> Ranked:
    """Return the dearer items of the kind of `request.anchors[0]`, best first. About 0.2 ms; at once where it has no price.

    Prices are the catalogue's, else the last that was seen; with `seen_only` items and prices are those of events alone.
    """
    return _ranked(request, profile, memory, catalog, weights.heads["upgrade"], now_ms, dearer=True)


def rank_cheaper(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, now_ms: int) -> Ranked:
    """Return the cheaper items of the kind, best first: the same features and hand-set weights with the ratio turned round. Not learnt."""
    return _ranked(request, profile, memory, catalog, START, now_ms, dearer=False)


def _ranked(
    request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: HeadWeights, now_ms: int, *, dearer: bool
) -> Ranked:
    anchor = request.anchors[0]
    found = kin_of(request, memory, catalog, now_ms, dearer=dearer)
    bucket = 0 if category_of(anchor, memory, catalog) is not None else 1  # the kind of a title is a looser one
    features = matrix(anchor, found, profile, memory, catalog, request.session, now_ms)
    scores = score(features, weights, bucket)
    order = np.argsort(-scores, kind="stable")  # equals stay in the order of their ids
    ranked = [found.items[at] for at in order]
    sources = tuple([{"ratio": float(found.ratios[at]), "title": float(found.titles[at])} for at in order[: request.k]])
    return Ranked("upgrade", bucket, tuple(ranked), scores[order], features[order], sources)
