"""What is derived again of one suggestion, and where it differs. Pure."""

import base64
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from online_models.heads import HEADS
from online_models.ranker import Weights, score
from online_models.request import F32, Floats
from online_models.uptake.features import FEATURES, TOLD, D, told_by
from online_models.uptake.weights import UptakeWeights
from stream.contracts.suggestion import SuggestedItem, SuggestedList, Suggestion
from stream.contracts.training import Candidates, Shown, ShownItem

SAME_SCORE = 1e-9  # of scores that are kept whole; the sums may be made in another order
SAME_CARD = 0.5e-6 + SAME_SCORE  # of scores that cards have, to six places
SAME_FEATURE = 1.2e-7  # two float32 steps at 1, the largest value of a feature
SAME_P = 0.5e-6 + 1e-6  # six places, from features that are kept as float32
SCORED_BY: Mapping[tuple[str, str | None], Sequence[str]] = {  # (list, relation) -> the heads that may have given a card its score
    ("upgrades", "dearer_of_kind"): ("upgrade",),
    ("accessories", "bought_with"): ("accessory.orders", "basket.discover"),
    ("accessories", "seen_with"): ("accessory.looks", "browse"),
}
UNCUT = frozenset({"upgrades"})  # cards have their head's score; those of several heads are cut to fall

Said = str | float | int | None


class Difference(Struct, frozen=True):
    """One thing that comes out differently. `where`: the list, or the head whose candidates these are; `told`: as it was published."""

    what: str
    where: str
    item_id: str | None
    told: Said
    derived: Said


class Features(Struct, frozen=True):
    """What was kept of one head's candidates: `x` float32 (n, d), `scores` float64 (n,). `whole`: these are all that there were."""

    items: tuple[str, ...]
    x: F32
    scores: Floats
    whole: bool = True

    def score_of(self, item_id: str) -> float | None:
        """Return what the item was ranked with; None where it is not among these."""
        return float(self.scores[self.items.index(item_id)]) if item_id in self.items else None


def features_kept(kept: Candidates) -> Features | None:
    """Return what a record holds; None where it is of another release, whose features are not these."""
    head = HEADS.get(kept.head)
    if head is None or kept.features != head.features or not 0 <= kept.bucket < head.buckets:
        return None
    n, d = len(kept.item_ids), len(head.features)
    x, scores = np.frombuffer(kept.x, "<f4"), np.frombuffer(kept.scores, "<f8")
    if len(x) != n * d or len(scores) != n:
        return None
    return Features(kept.item_ids, x.reshape(n, d), scores, whole=kept.of == n)


def rows_kept(items: Sequence[ShownItem]) -> list[tuple[float, ...]] | None:
    """Return the features of shown items as they were kept; None where they are of another release."""
    rows = [tuple(np.frombuffer(base64.b64decode(item.x), "<f4").tolist()) for item in items]
    return rows if all(len(row) == D for row in rows) else None


def ranked_otherwise(kept: Candidates, found: Features, weights: Weights) -> Iterator[Difference]:
    """Yield where features x weights give another score than was ranked with, or another order. O(n d)."""
    derived = score(found.x, weights.heads[kept.head], kept.bucket)
    unknown = ~found.x.any(axis=1)
    if kept.head == "browse":  # the catalogue's stand-ins, of which nothing is known, come last
        derived[unknown] = min(0.0, derived[~unknown].min(initial=0.0))
    for at in np.flatnonzero(~(np.abs(derived - found.scores) <= SAME_SCORE)).tolist():
        yield Difference("score", kept.head, found.items[at], float(found.scores[at]), float(derived[at]))
    for at in np.flatnonzero(~(derived[:-1] >= derived[1:] - SAME_SCORE)).tolist():
        yield Difference("order", kept.head, found.items[at], f"before {found.items[at + 1]}", f"after {found.items[at + 1]}")


def shown_otherwise(suggestion: Suggestion, shown: Shown, rows: Sequence[Sequence[float]]) -> Iterator[Difference]:
    """Yield where the cards are not those whose features were kept, or tell other features."""
    told = [(name, item.item_id, item.index, item.propensity) for name, item in cards_of(suggestion)]
    kept = [(item.item_list_id, item.item_id, item.index, item.propensity) for item in shown.items]
    if told != kept:
        first = next((at for at, pair in enumerate(zip(told, kept, strict=False)) if pair[0] != pair[1]), min(len(told), len(kept)))
        name, item_id = (told + kept[first:])[first][:2]
        yield Difference("cards", name, item_id, _placed(told, first), _placed(kept, first))
        return
    derived = [row for one in suggestion.lists for row in told_by(one)]
    for (name, item), row, own in zip(cards_of(suggestion), rows, derived, strict=True):
        for feature, was, comes in zip(FEATURES[:TOLD], row, own, strict=False):
            if not abs(was - comes) <= SAME_FEATURE:
                yield Difference(f"feature {feature}", name, item.item_id, comes, was)


def likely_otherwise(suggestion: Suggestion, rows: Sequence[tuple[float, ...]], uptake: UptakeWeights | None) -> Iterator[Difference]:
    """Yield the cards whose `p_uptake` the model gives otherwise."""
    for (name, item), row in zip(cards_of(suggestion), rows, strict=False):
        p = None if uptake is None else uptake.p(row)
        if (p is None) != (item.p_uptake is None) or (p is not None and item.p_uptake is not None and not abs(p - item.p_uptake) <= SAME_P):
            yield Difference("p_uptake", name, item.item_id, item.p_uptake, p)


def scored_otherwise(suggestion: Suggestion, kept: Mapping[str, Features]) -> Iterator[Difference]:
    """Yield the cards whose score is not that of their head, by head in `kept`.

    Where a list is filled from several heads its scores are cut to fall: then a card has its own score, or a lower one of another
    candidate.
    """
    for name, item in cards_of(suggestion):
        if (name, item.relation) not in SCORED_BY:
            continue
        head = next((kept[head] for head in SCORED_BY[name, item.relation] if head in kept), None)
        own = None if head is None else head.score_of(item.item_id)
        if own is None and head is not None and not head.whole:
            continue
        if own is None or not _is_score_of(item, own, kept, cut=name not in UNCUT):
            yield Difference("score", name, item.item_id, item.score, own)


def cards_of(suggestion: Suggestion) -> Iterator[tuple[str, SuggestedItem]]:
    """Yield (list, card), as they are shown."""
    for one in suggestion.lists:
        for item in one.items:
            yield one.item_list_id, item


def has_cards(lists: Sequence[SuggestedList]) -> bool:
    """Return whether anything is shown; else what stands on the page is only cleared."""
    return any(one.items for one in lists)


def _is_score_of(item: SuggestedItem, own: float, kept: Mapping[str, Features], *, cut: bool) -> bool:
    if abs(item.score - own) <= SAME_CARD:
        return True
    return cut and item.score < own and any((np.abs(one.scores - item.score) <= SAME_CARD).any() for one in kept.values())


def _placed(cards: Sequence[tuple[str, str, int, float]], at: int) -> str:
    if at >= len(cards):
        return "nothing"
    name, item_id, index, propensity = cards[at]
    return f"{item_id} at {index} of {name}, propensity {propensity:g}"
