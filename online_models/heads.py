"""The ranker's heads: one a task, with their features by name, the weights they start from, and their context buckets."""

from types import MappingProxyType

from msgspec import Struct

FIRST_G2 = 0.01  # squared gradient that AdaGrad starts from: without it the first step of every weight would be a full `lr`


class Head(Struct, frozen=True):
    """One linear model: score = x . (w + B[bucket]).

    `features`: names in the order of the matrix's columns; `start`: weights before anything is learnt, 0 where unnamed;
    `buckets`: how many contexts have weights of their own beside the shared ones; `lr`: AdaGrad's step.
    """

    name: str
    features: tuple[str, ...]
    start: MappingProxyType[str, float]
    buckets: int = 3
    lr: float = 0.05


def head(name: str, features: str, start: dict[str, float], *, buckets: int = 3, lr: float = 0.05) -> Head:
    """Return a head whose feature names are the words of `features`. Raises ValueError for a start weight of no feature."""
    names = tuple(features.split())
    if unknown := start.keys() - set(names):
        raise ValueError(f"{name}: start weights for features that it does not have: {sorted(unknown)}")
    return Head(name, names, MappingProxyType(start), buckets, lr)


BROWSE_FEATURES = """
    part_adjacent part_forward part_backward part_rows part_directed
    max_adjacent max_forward max_backward max_rows max_directed
    log_adjacent log_forward log_backward log_directed
    rank_directed lift_directed is_neighbour
    log_popularity log_fresh_popularity log_age trend
    in_session is_previous log_steps_back log_times_in_session followed_before
    in_history log_history_age log_history_times carted_before bought_before history_place
    same_category log_session_category log_history_category lately_category
    log_category_move log_category_move_before in_category_ring category_before
    same_category_history same_category_session same_category_popularity same_category_age
    log_two_hop only_two_hop
    cosine cosine_squared cosine_on_screen
    session_lift similar_lift
    """
BROWSE_START = {
    "rank_directed": 1.0,
    "part_forward": 0.3,
    "part_directed": 0.3,
    "in_session": 1.0,
    "log_steps_back": -0.5,
    "in_history": 0.5,
    "log_history_age": -0.5,
    "same_category": 0.5,
}
BROWSE = head("browse", BROWSE_FEATURES, BROWSE_START, buckets=6)
ACCESSORY_LOOKS = head("accessory.looks", BROWSE_FEATURES, BROWSE_START, buckets=6, lr=0.1)

BASKET_FEATURES = """
    part_cosine max_cosine part_confidence max_confidence part_best_cosine max_best_cosine part_best_confidence max_best_confidence
    part_squared_cosine max_squared_cosine part_squared_confidence max_squared_confidence part_lift max_lift
    part_fresh_cosine max_fresh_cosine part_fresh_confidence max_fresh_confidence
    part_votes max_votes part_taste max_taste part_title max_title
    log_popularity log_fresh_popularity log_age trend
    bought log_buys share_of_baskets log_bought_age in_last_basket in_last_but_one repeat_rate fresh_buys
    same_category is_neighbour
    """
BASKET_START = {
    "max_cosine": 0.7,
    "max_confidence": 0.5,
    "max_best_cosine": 0.5,
    "max_best_confidence": 1.0,
    "max_votes": 0.5,
    "part_cosine": 0.3,
    "part_confidence": 0.2,
    "part_lift": 0.3,
    "part_title": 0.3,
    "max_title": 0.3,
    "log_popularity": 0.1,
    "log_age": -0.5,
    "trend": 0.3,
}
BASKET_OWN_START = {"bought": 0.5, "log_buys": 0.2, "share_of_baskets": 1.0, "repeat_rate": 0.7}
BASKET_MIXED = head("basket.mixed", BASKET_FEATURES, BASKET_START | BASKET_OWN_START, lr=0.08)
BASKET_DISCOVER = head("basket.discover", BASKET_FEATURES, BASKET_START, lr=0.08)
ACCESSORY_ORDERS = head("accessory.orders", BASKET_FEATURES, BASKET_START, buckets=2)

UPGRADE = head(
    "upgrade",
    """
    log_popularity log_fresh_popularity log_age log_fresh_orders
    log_ratio log_ratio_squared ratio_below_1_1 ratio_1_1_to_1_35 ratio_1_35_to_2 ratio_above_3_3
    same_brand next_tier higher_tier said_similar title
    part_followed max_followed log_followed log_together part_orders log_orders similarity
    part_switched max_switched log_switched
    looked_at_before carted_before bought_before
    above_usual far_above_usual brand_share
    """,
    {
        "log_popularity": 0.3,
        "log_age": -0.3,
        "log_ratio": -1.0,
        "ratio_1_1_to_1_35": 0.3,
        "same_brand": 0.7,
        "next_tier": 2.0,
        "higher_tier": 0.5,
        "said_similar": 1.0,
        "title": 2.0,
        "part_followed": 0.5,
        "part_switched": 0.5,
        "log_together": 0.3,
        "looked_at_before": 0.5,
    },
    buckets=2,
)

HEADS: dict[str, Head] = {one.name: one for one in (BROWSE, ACCESSORY_LOOKS, BASKET_MIXED, BASKET_DISCOVER, ACCESSORY_ORDERS, UPGRADE)}
