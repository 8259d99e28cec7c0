"""The linear ranker: scores from named weights, and the listwise step that an answered list teaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from online_models import native
from online_models.heads import HEADS, Head
from online_models.request import F32, Floats, Ranked
from online_models.uptake.weights import UptakeWeights
from stream.contracts.training import HeadState, ModelRecord


class HeadWeights(Struct, frozen=True):
    """One head's weights: shared float64 (d,), and by bucket float64 (buckets, d). `total` is their sum, ready to score with."""

    shared: Floats
    buckets: Floats
    total: Floats

    @classmethod
    def of(cls, shared: Floats, buckets: Floats) -> HeadWeights:
        """Return the weights with their sum."""
        return cls(shared, buckets, shared + buckets)


class Weights(Struct, frozen=True):
    """The whole ranker as it is scored with. `version` is the model record's `learnt_to`; -1: nothing learnt.

    `uptake`: the model that says how likely a shown item is taken up; None while it has learnt too little. `published_ms`: when the
    trainer published it, by its clock; 0: never.
    """

    heads: dict[str, HeadWeights]
    version: int = -1
    uptake: UptakeWeights | None = None
    published_ms: int = 0

    @classmethod
    def start(cls) -> Weights:
        """Return the hand-set weights that every head starts from."""
        return cls({name: start_of(head) for name, head in HEADS.items()})

    @classmethod
    def of(cls, record: ModelRecord) -> Weights:
        """Return the record's weights; what it does not name starts anew, what this release does not know is left out."""
        heads = {name: _read(head, record.heads.get(name)) for name, head in HEADS.items()}
        return cls(heads, record.learnt_to, UptakeWeights.of(record.uptake), record.published_ms)


class Step(Struct, frozen=True):
    """What one answered list teaches: `z` = x_taken - p.X as float32 (d,), and the log loss -ln p_taken in nats."""

    head: str
    bucket: int
    z: F32
    loss: float


def named(feature: str, bucket: int) -> str:
    """Return the name of a feature's weight in one bucket."""
    return f"{feature}|{bucket}"


def start_of(head: Head) -> HeadWeights:
    """Return the head's start: hand-set shared weights, buckets at 0."""
    shared = np.array([head.start.get(name, 0.0) for name in head.features])
    return HeadWeights.of(shared, np.zeros((head.buckets, len(head.features))))


def score(features: F32, weights: HeadWeights, bucket: int) -> Floats:
    """Return the scores (n,) of candidates (n, d)."""
    return score_parts(features.T, weights, [(0, len(features), bucket)])


def score_parts(table: F32, weights: HeadWeights, parts: Sequence[tuple[int, int, int]]) -> Floats:
    """Return the scores (n,) of the candidates of several questions, the columns of `table` (d, n); `parts`: begin, end and bucket of each.

    The features are added one after the other, so that no BLAS kernel decides a tie; a single column `reduce` adds in another order.
    """
    if native.COMPILED:
        return native.linear.score_parts(table, weights.total, parts)
    terms = table.astype(np.float64)
    for begin, end, bucket in parts:
        terms[:, begin:end] *= weights.total[bucket][:, None]
    scores: Floats = np.add.reduce(terms, axis=0) if terms.shape[1] > 1 else np.add.accumulate(terms, axis=0)[-1]
    return scores


def step(ranked: Ranked, *taken: str) -> Step | None:
    """Return the listwise step of having ranked so when `taken` was really taken; None when none of it was a candidate.

    p = softmax(scores); z is the ascent direction of ln p_taken, the mean over those taken where they are several. All candidates
    are the negatives, none is sampled. The candidates must be those ranked before the event entered any memory. O(n d).
    """
    places = sorted({ranked.items.index(item) for item in taken if item in ranked.items})
    if not places:
        return None
    shares, expected = _expected(ranked.features, ranked.scores)
    found = np.add.reduce(ranked.features.take(places, axis=0), axis=0, dtype=np.float64) / len(places)
    gains = np.log(np.maximum(shares.take(places), 1e-300))
    return Step(ranked.head, ranked.bucket, (found - expected).astype(np.float32), -float(np.add.reduce(gains) / len(places)))


def _expected(features: F32, scores: Floats) -> tuple[Floats, Floats]:
    """Return the scores' softmax (n,), and the features' mean (d,) under it; the first score is the highest."""
    if native.COMPILED:
        return native.linear.expected(features, scores)
    shares = np.exp(scores - scores[0])
    shares /= np.add.accumulate(shares)[-1]  # one after the other, as the compiled loop adds
    return shares, np.add.accumulate(features * shares[:, None], axis=0)[-1]


def _read(head: Head, state: HeadState | None) -> HeadWeights:
    if state is None:
        return start_of(head)
    names, starts = _ROWS[head.name]
    rows = np.array(list(map(state.weights.get, names, starts))).reshape(head.buckets + 1, -1)  # ten times as fast as one by one
    return HeadWeights.of(rows[0], rows[1:])


def _rows(head: Head) -> tuple[list[str], list[float]]:
    """Return the names of all weights, the shared ones and then those of each bucket, and what each of them is before it is learnt."""
    own = [named(name, bucket) for bucket in range(head.buckets) for name in head.features]
    return [*head.features, *own], [head.start.get(name, 0.0) for name in head.features] + [0.0] * len(own)


_ROWS = {name: _rows(head) for name, head in HEADS.items()}
