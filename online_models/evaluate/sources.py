"""What evidence each feature of a head rests on, by the name under which it can be left out."""

from types import MappingProxyType


def sources(**features: str) -> MappingProxyType[str, frozenset[str]]:
    """Return sources of evidence as name -> the features that are words of its text."""
    return MappingProxyType({name: frozenset(text.split()) for name, text in features.items()})


# What each feature rests on. Every feature has a source; one that needs two sources to say something is in both.
BROWSE_SOURCES = sources(
    neighbours="""
        part_adjacent part_forward part_backward part_rows part_directed
        max_adjacent max_forward max_backward max_rows max_directed
        log_adjacent log_forward log_backward log_directed rank_directed lift_directed is_neighbour
        session_lift similar_lift
        """,
    two_hop="log_two_hop only_two_hop",
    session="""
        in_session is_previous log_steps_back log_times_in_session followed_before log_session_category
        same_category_session session_lift
        """,
    history="""
        in_history log_history_age log_history_times carted_before bought_before history_place
        log_history_category lately_category same_category_history
        """,
    category="""
        same_category log_session_category log_history_category lately_category
        log_category_move log_category_move_before in_category_ring category_before
        same_category_history same_category_session same_category_popularity same_category_age
        """,
    popularity="log_popularity log_fresh_popularity log_age trend same_category_popularity same_category_age",
    similarity="cosine cosine_squared cosine_on_screen similar_lift",
)
BASKET_SOURCES = sources(
    pairs="""
        part_cosine max_cosine part_confidence max_confidence part_best_cosine max_best_cosine part_best_confidence max_best_confidence
        part_squared_cosine max_squared_cosine part_squared_confidence max_squared_confidence part_lift max_lift
        part_fresh_cosine max_fresh_cosine part_fresh_confidence max_fresh_confidence is_neighbour
        """,
    fresh="part_fresh_cosine max_fresh_cosine part_fresh_confidence max_fresh_confidence log_fresh_popularity trend fresh_buys",
    votes="part_votes max_votes",
    taste="part_taste max_taste",
    title="part_title max_title",
    popularity="log_popularity log_fresh_popularity log_age trend",
    history="bought log_buys share_of_baskets log_bought_age in_last_basket in_last_but_one repeat_rate fresh_buys",
    category="same_category",
)
UPGRADE_SOURCES = sources(
    popularity="log_popularity log_fresh_popularity log_age log_fresh_orders",
    ratio="log_ratio log_ratio_squared ratio_below_1_1 ratio_1_1_to_1_35 ratio_1_35_to_2 ratio_above_3_3",
    usual="above_usual far_above_usual",
    brand="same_brand brand_share",
    tier="next_tier higher_tier",
    relations="said_similar",
    title="title",
    followed="part_followed max_followed log_followed",
    together="log_together part_orders log_orders",
    similarity="similarity",
    switched="part_switched max_switched log_switched",
    history="looked_at_before carted_before bought_before",
)
SOURCES: dict[str, MappingProxyType[str, frozenset[str]]] = {
    "browse": BROWSE_SOURCES,
    "basket.mixed": BASKET_SOURCES,
    "basket.discover": BASKET_SOURCES,
    "accessory.looks": BROWSE_SOURCES,
    "accessory.orders": BASKET_SOURCES,
    "upgrade": UPGRADE_SOURCES,
}
