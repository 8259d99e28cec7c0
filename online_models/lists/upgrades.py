"""What would be better than the item on screen."""

from features.decay import usual_price
from online_models.kind import category_of, same_category
from online_models.lists.arrange import depth
from online_models.lists.chosen import Chosen
from online_models.lists.scene import NO_PRICE, PRICE_BAND, TAKEN, Pick, Scene
from online_models.rank import rank
from online_models.request import Ranked, Request
from online_models.words.texts import ReasonCode

MORE_THAN_USUAL = "more_than_usual"  # than this customer pays in the category


def upgrades(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return dearer items of the kind on screen, within the policy's band and within what the customer usually pays."""
    here = scene.on_screen
    price = None if here is None else scene.price(here)
    if here is None or not price:
        return Chosen([])
    ranked, wanted = rank_dearer(scene, here, scene.never), depth("upgrades", scene)
    most = affordable(here, price, scene)
    picks: list[Pick] = []
    for item_id, score in zip(ranked.items, ranked.scores.tolist(), strict=True):
        if why_no_upgrade(item_id, price, most, taken, scene) is None:
            picks.append(_pick(item_id, score, here, (scene.price(item_id) or 0.0) / price, scene))
        if len(picks) == wanted:
            break
    return Chosen(picks, {ranked.head: ranked})


def rank_dearer(scene: Scene, here: str, barred: frozenset[str]) -> Ranked:
    """Return the dearer items of the kind, best first, but for those that are barred."""
    request = Request("upgrade", (here,), barred=barred, session=scene.occasion.session.key)
    return rank(request, scene.occasion.profile, scene.memory, scene.catalog, scene.weights, scene.now_ms)


def why_no_upgrade(item_id: str, price: float, most: float, taken: frozenset[str], scene: Scene) -> str | None:
    """Return the rule that keeps a dearer item out; None when it may stand here. `price`: on screen; `most`: what is affordable."""
    other = scene.price(item_id)
    if other is None:
        return NO_PRICE
    if not scene.policy.upgrades.price_ratio.holds(other / price):
        return PRICE_BAND
    if other > most:
        return MORE_THAN_USUAL
    return TAKEN if item_id in taken else scene.why_not(item_id)


def affordable(here: str, price: float, scene: Scene) -> float:
    """Return the highest price that this customer is offered; who looks at dear things is offered dear things."""
    category = category_of(here, scene.memory, scene.catalog)
    usual = usual_price(scene.occasion.profile.spend, scene.now_ms, category=category)
    return max(usual or price, price) * scene.policy.upgrades.usual_ratio


def _pick(item_id: str, score: float, here: str, ratio: float, scene: Scene) -> Pick:
    entry, other = scene.catalog.get(item_id), scene.catalog.get(here)
    evidence: dict[str, str | float] = {"price_ratio": round(ratio, 2)}
    code: ReasonCode = "dearer_of_kind" if same_category(item_id, here, scene.memory, scene.catalog) else "dearer_similar"
    if entry is not None and other is not None:
        if entry.tier and other.tier and entry.tier.family == other.tier.family and entry.tier.rank > other.tier.rank:
            code = "next_tier"
        elif code == "dearer_of_kind" and entry.item_brand and entry.item_brand == other.item_brand:
            code, evidence = "dearer_same_brand", {**evidence, "brand": entry.item_brand}
    return Pick(item_id, score, "dearer_of_kind", code, here, evidence)
