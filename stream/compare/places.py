"""Who may stand where under one policy: the probabilities of every place of every list, not only what was drawn."""

from collections.abc import Mapping

from msgspec import Struct

from online_models.recommend import Recommendation

Place = Mapping[str, float]  # item -> probability; they sum to 1
Places = Mapping[str, tuple[Place, ...]]  # list -> its places, the first one first


class Chance(Struct, frozen=True):
    """The probability that an item stands at a place, 0 .. 1; `filled`: whether anything does."""

    p: float
    filled: bool


def places_of(recommendation: Recommendation) -> Places:
    """Return the places of an answer's lists.

    All places are certain but the last one of a list that leaves it to chance. What an earlier list of the same answer drew is given: an
    item stands in one list only. The draw is a hash of customer, event and list, so that lists are drawn for independently, and a
    weight that takes the other draws as given is without bias all the same. One case is left out: with `uptake.min_p` a list may speak
    with one draw and not with another; then the draw that was made decides.
    """
    found: dict[str, tuple[Place, ...]] = {}
    for shown in recommendation.lists:
        if shown.items:
            certain: list[Place] = [{card.item_id: 1.0} for card in shown.items]
            last = recommendation.chances.get(shown.item_list_id)
            found[shown.item_list_id] = (*certain[:-1], dict(last)) if last else tuple(certain)
    return found


def chance_of(places: Places, list_id: str, index: int, item_id: str) -> Chance:
    """Return how likely the item stands at place `index` (from 0 on) of a list."""
    row = places.get(list_id, ())
    if not 0 <= index < len(row):
        return Chance(0.0, filled=False)
    return Chance(row[index].get(item_id, 0.0), filled=True)
