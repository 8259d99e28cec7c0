"""A list with its forecast: how likely each card is taken up, and whether that is enough to speak."""

from msgspec import Struct
from msgspec.structs import replace

from online_models.occasion import Occasion
from online_models.policy.policy import Policy
from online_models.uptake.features import Row, features_of
from online_models.uptake.weights import UptakeWeights
from stream.contracts.suggestion import SuggestedList

UNLIKELY = "uptake"  # even the best card is too unlikely to be taken up


class Estimated(Struct, frozen=True):
    """`shown` with `p_uptake` on its cards, cleared where `rule` says why; `x`: what is known of the cards."""

    shown: SuggestedList
    x: tuple[Row, ...]
    rule: str | None = None


def estimate(shown: SuggestedList, occasion: Occasion, weights: UptakeWeights | None, policy: Policy, now_ms: int) -> Estimated:
    """Return the list with its forecast; without weights (too little was learnt) the cards stay as they are. Some 25 us for four cards."""
    if not shown.items:
        return Estimated(shown, ())
    x = features_of(shown, occasion, now_ms)
    if weights is None:
        return Estimated(shown, x)
    chances = [weights.p(row) for row in x]
    if max(chances) < policy.uptake.min_p and not policy.always_speak:
        return Estimated(SuggestedList(shown.item_list_id, "", ()), (), UNLIKELY)
    cards = tuple([replace(item, p_uptake=round(p, 6)) for item, p in zip(shown.items, chances, strict=True)])
    return Estimated(replace(shown, items=cards), x)
