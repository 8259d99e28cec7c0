"""What would be cheaper, once price seems to be the obstacle."""

from online_models.kind import same_category
from online_models.lists.arrange import depth
from online_models.lists.chosen import Chosen
from online_models.lists.obstacle import price_is_the_obstacle
from online_models.lists.scene import NO_PRICE, PRICE_BAND, TAKEN, Pick, Scene
from online_models.policy.silence import NO_OBSTACLE
from online_models.request import Ranked, Request
from online_models.upgrade import rank_cheaper
from online_models.words.texts import ReasonCode


def alternatives(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return cheaper items of the kind on screen, or of what was just taken out of the cart, within the policy's band."""
    here = scene.on_screen
    price = None if here is None else scene.price(here)
    if here is None or not price:
        return Chosen([])
    if not price_is_the_obstacle(here, price, scene):
        return Chosen([], rule=NO_OBSTACLE)
    ranked, wanted = rank_of_kind(scene, here, scene.never), depth("alternatives", scene)
    picks: list[Pick] = []
    for item_id, score in zip(ranked.items, ranked.scores.tolist(), strict=True):
        if why_no_alternative(item_id, price, taken, scene) is None:
            evidence: dict[str, str | float] = {"price_ratio": round((scene.price(item_id) or 0.0) / price, 2)}
            code: ReasonCode = "cheaper_of_kind" if same_category(item_id, here, scene.memory, scene.catalog) else "cheaper_similar"
            picks.append(Pick(item_id, score, "cheaper_of_kind", code, here, evidence))
        if len(picks) == wanted:
            break
    return Chosen(picks)


def rank_of_kind(scene: Scene, here: str, barred: frozenset[str]) -> Ranked:
    """Return the cheaper items of the kind, best first, but for those that are barred."""
    request = Request("upgrade", (here,), barred=barred, session=scene.occasion.session.key)
    return rank_cheaper(request, scene.occasion.profile, scene.memory, scene.catalog, scene.now_ms)


def why_no_alternative(item_id: str, price: float, taken: frozenset[str], scene: Scene) -> str | None:
    """Return the rule that keeps a cheaper item out; None when it may stand here. `price`: of the item on screen."""
    other = scene.price(item_id)
    if other is None:
        return NO_PRICE
    if not scene.policy.alternatives.price_ratio.holds(other / price):
        return PRICE_BAND
    return TAKEN if item_id in taken else scene.why_not(item_id)
