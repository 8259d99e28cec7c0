"""What the uptake model knows of a shown item: named, each within -1 .. 1, none of them the hour of the day."""

from collections.abc import Mapping
from math import exp, log, log1p
from typing import get_args

from features.shown import times_shown
from online_models.occasion import Occasion
from stream.contracts.events import AddToCart, BeginCheckout
from stream.contracts.suggestion import ListId, SuggestedList

Row = tuple[float, ...]  # one card, in the order of FEATURES

LISTS = get_args(ListId)
OF_LIST = ("constant", *[f"list_{list_id}" for list_id in LISTS])
OF_PLACE = ("first", "log_index", "score_share", "score_below_best")
OF_PRICE = ("price_unknown", "log_price_ratio", "log_price_distance")
OF_RELATION = ("shop_said", "bought_together", "seen_together", "due_again", "popular")
OF_EVIDENCE = ("log_evidence", "evidence_share")
OF_CUSTOMER = (
    "log_session_length",
    "log_list_shown",
    "log_impressions",
    "log_dismissed",
    "bought_before",
    "after_cart",
    "at_checkout",
)
FEATURES: tuple[str, ...] = (*OF_LIST, *OF_PLACE, *OF_PRICE, *OF_RELATION, *OF_EVIDENCE, *OF_CUSTOMER)
D = len(FEATURES)
TOLD = D - len(OF_CUSTOMER)

RELATIONS = {  # what stands behind a card; `dearer_of_kind` and the like are told by the list already
    "accessory_of": "shop_said",
    "related_to": "shop_said",
    "same_series": "shop_said",
    "same_author": "shop_said",
    "set_with": "bought_together",
    "bought_with": "bought_together",
    "seen_with": "seen_together",
    "due_again": "due_again",
    "popular": "popular",
}
RELATION = {relation: tuple([float(name == said) for name in OF_RELATION]) for relation, said in RELATIONS.items()}
LIST = {list_id: tuple([1.0, *[float(other == list_id) for other in LISTS]]) for list_id in LISTS}
NO_RELATION = (0.0,) * len(OF_RELATION)
MOST_EVIDENCE, MOST_COUNTED = 1_000, 100  # beyond these more says nothing more
FARTHEST_SCORE = 10.0
LARGEST_RATIO = 10.0  # the policy looks at no item that costs ten times as much
LN_RATIO = log(LARGEST_RATIO)


def features_of(shown: SuggestedList, occasion: Occasion, now_ms: int) -> tuple[Row, ...]:
    """Return what is known of the list's cards before they are seen. Some 3 us, and 3 us a card."""
    if not shown.items:
        return ()
    of_customer = _of_customer(shown.item_list_id, occasion, now_ms)
    return tuple([(*row, *of_customer) for row in told_by(shown)])


def told_by(shown: SuggestedList) -> list[Row]:
    """Return of each card the first `TOLD` features: those that the list as it is published tells by itself."""
    if not shown.items:
        return []
    of_list = LIST[shown.item_list_id]
    best = max([item.score for item in shown.items])
    parts = [exp(item.score - best) for item in shown.items]
    total = sum(parts)
    return [
        (
            *of_list,
            *_of_place(item.index, part / total, best - item.score),
            *_of_price(item.price, item.price_difference),
            *RELATION.get(item.relation or "", NO_RELATION),
            *_of_evidence(item.reason.evidence),
        )
        for item, part in zip(shown.items, parts, strict=True)
    ]


def _of_customer(list_id: str, occasion: Occasion, now_ms: int) -> tuple[float, ...]:
    profile, session, event = occasion.profile, occasion.session, occasion.event
    in_session, _ = times_shown(profile.shown, list_id, session.key, now_ms)
    return (
        _log_share(session.length, MOST_COUNTED),
        _log_share(in_session, MOST_COUNTED),
        _log_share(profile.shown.impressions, MOST_COUNTED),
        _log_share(len(profile.shown.dismissed), MOST_COUNTED),
        float(profile.n_baskets > 0),
        float(isinstance(event, AddToCart)),
        float(isinstance(event, BeginCheckout)),
    )


def _of_place(index: int, share: float, below_best: float) -> tuple[float, ...]:
    return float(index == 0), _log_share(index, MOST_COUNTED), share, min(below_best, FARTHEST_SCORE) / FARTHEST_SCORE


def _of_price(price: float | None, difference: float | None) -> tuple[float, ...]:
    """Return ln(price / price of the item on screen) in units of ln 10, and its size."""
    before = None if price is None or difference is None else price - difference
    if price is None or before is None or price <= 0 or before <= 0:
        return 1.0, 0.0, 0.0
    ratio = min(max(log(price / before) / LN_RATIO, -1.0), 1.0)
    return 0.0, ratio, abs(ratio)


def _of_evidence(evidence: Mapping[str, str | float]) -> tuple[float, ...]:
    """Return how many customers stand behind a card, and their share of those who could."""
    counted = float(evidence.get("together") or evidence.get("visits") or 0.0)
    of = float(evidence.get("of", 0.0))
    return _log_share(counted, MOST_EVIDENCE), min(counted / of, 1.0) if of > 0 else 0.0


def _log_share(count: float, most: int) -> float:
    """Return ln(1 + count) as a share of ln(1 + most), 0 .. 1."""
    return min(log1p(count) / log1p(most), 1.0) if count > 0 else 0.0
