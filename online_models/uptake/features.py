"""What the uptake model knows of a shown item: named, each within -1 .. 1, none of them the hour of the day."""

from collections.abc import Sequence
from math import exp, log, log1p

import numpy as np

from features.shown import times_shown
from online_models.occasion import Occasion
from online_models.request import F32
from stream.contracts.events import AddToCart, BeginCheckout
from stream.contracts.suggestion import SuggestedItem, SuggestedList

NAMES = """
    constant
    list_accessories list_upgrades list_alternatives list_bundle list_top_up list_also_bought list_plans
    first log_index
    score_share score_below_best
    price_unknown log_price_ratio log_price_distance
    shop_said bought_together seen_together due_again popular
    log_evidence evidence_share
    log_session_length log_list_shown log_impressions log_dismissed bought_before
    after_cart at_checkout
    """
FEATURES: tuple[str, ...] = tuple(NAMES.split())
D = len(FEATURES)
PLACE = {name: place for place, name in enumerate(FEATURES)}
RELATIONS = {  # what stands behind a card; `dearer_of_kind` and the like are told by the list already
    "accessory_of": "shop_said",
    "related_to": "shop_said",
    "bought_with": "bought_together",
    "seen_with": "seen_together",
    "due_again": "due_again",
    "popular": "popular",
}
COUNTS = ("together", "visits")  # evidence that counts customers
MOST_EVIDENCE, MOST_STEPS, MOST_SHOWN = 1_000, 100, 100  # beyond these more says nothing more
FARTHEST_SCORE = 10.0
LARGEST_RATIO = 10.0  # the policy looks at no item that costs ten times as much


def features_of(shown: SuggestedList, occasion: Occasion, now_ms: int) -> F32:
    """Return what is known of the list's cards before they are seen, float32 (n, D). Some 4 us a card."""
    common = [0.0] * D
    for name, value in _of_occasion(shown.item_list_id, occasion, now_ms).items():
        common[PLACE[name]] = value
    shares = _softmax([item.score for item in shown.items])
    best = max((item.score for item in shown.items), default=0.0)
    rows = []
    for item, share in zip(shown.items, shares, strict=True):
        row = common.copy()
        for name, value in _of_card(item, best - item.score, share).items():
            row[PLACE[name]] = value
        rows.append(row)
    return np.array(rows, np.float32).reshape(-1, D)


def _of_occasion(list_id: str, occasion: Occasion, now_ms: int) -> dict[str, float]:
    profile, session = occasion.profile, occasion.session
    in_session, _ = times_shown(profile.shown, list_id, session.key, now_ms)
    return {
        "constant": 1.0,
        f"list_{list_id}": 1.0,
        "log_session_length": _log_share(session.length, MOST_STEPS),
        "log_list_shown": _log_share(in_session, MOST_SHOWN),
        "log_impressions": _log_share(profile.shown.impressions, MOST_SHOWN),
        "log_dismissed": _log_share(len(profile.shown.dismissed), MOST_SHOWN),
        "bought_before": float(profile.n_baskets > 0),
        "after_cart": float(isinstance(occasion.event, AddToCart)),
        "at_checkout": float(isinstance(occasion.event, BeginCheckout)),
    }


def _of_card(item: SuggestedItem, below_best: float, share: float) -> dict[str, float]:
    evidence = item.reason.evidence
    counted = max([float(evidence[key]) for key in COUNTS if key in evidence], default=0.0)
    of = float(evidence.get("of", 0.0))
    values = {
        "first": float(item.index == 0),
        "log_index": _log_share(item.index, MOST_SHOWN),
        "score_share": share,
        "score_below_best": min(max(below_best, 0.0), FARTHEST_SCORE) / FARTHEST_SCORE,
        "log_evidence": _log_share(counted, MOST_EVIDENCE),
        "evidence_share": min(counted / of, 1.0) if of > 0 else 0.0,
        **_of_price(item),
    }
    if item.relation in RELATIONS:
        values[RELATIONS[item.relation]] = 1.0
    return values


def _of_price(item: SuggestedItem) -> dict[str, float]:
    """Return ln(price / price of the item on screen) in units of ln 10, and its size."""
    before = None if item.price is None or item.price_difference is None else item.price - item.price_difference
    if item.price is None or before is None or item.price <= 0 or before <= 0:
        return {"price_unknown": 1.0}
    ratio = min(max(log(item.price / before) / log(LARGEST_RATIO), -1.0), 1.0)
    return {"log_price_ratio": ratio, "log_price_distance": abs(ratio)}


def _log_share(count: float, most: float) -> float:
    """Return ln(1 + count) as a share of ln(1 + most), at most 1."""
    return min(log1p(max(count, 0.0)) / log1p(most), 1.0)


def _softmax(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    best = max(scores)
    parts = [exp(score - best) for score in scores]
    return [part / sum(parts) for part in parts]
