"""Whether price is what keeps the customer from taking the item: only then something cheaper helps him."""

from itertools import groupby, pairwise

from features.profile import Kind, Recent
from features.shown import WHOLE_LIST
from online_models.kind import same_kind
from online_models.lists.scene import Scene
from online_models.policy.policy import MINUTE_MS
from stream.contracts.events import RemoveFromCart

LOOKS = (Kind.VIEW, Kind.CLICK)
TAKEN = (Kind.CART, Kind.BUY)


def price_is_the_obstacle(here: str, price: float, scene: Scene) -> bool:
    """Return whether anything says so; the policy's rules for alternatives name what does.

    The item was taken out of the cart; dearer ones of its kind were dismissed; the customer walks down the prices of the kind; or he
    came back to it after a while and has not taken it.
    """
    if isinstance(scene.occasion.event, RemoveFromCart) or scene.policy.always_speak or _dearer_dismissed(here, price, scene):
        return True
    session = scene.occasion.session
    touches = [touch for touch in scene.occasion.profile.recent if touch.at_ms >= session.started_ms]
    return _walks_down(here, touches, scene) or _hesitates(here, touches, scene)


def _dearer_dismissed(here: str, price: float, scene: Scene) -> bool:
    turned_down = [name for name, _ in scene.occasion.profile.shown.dismissed]
    if f"{WHOLE_LIST}upgrades" in turned_down:
        return True
    dearer = [
        item_id
        for item_id in turned_down
        if not item_id.startswith(WHOLE_LIST)
        and (scene.price(item_id) or 0.0) > price
        and same_kind(item_id, here, scene.memory, scene.catalog)
    ]
    return len(dearer) >= scene.policy.alternatives.dismissed_upgrades


def _walks_down(here: str, touches: list[Recent], scene: Scene) -> bool:
    """Return whether the last looks were at items of one kind, each cheaper than the one before."""
    looked_at = [item_id for item_id, _ in groupby(touch.item_id for touch in touches if touch.kind in LOOKS)]
    last = looked_at[-scene.policy.alternatives.cheaper_looks :]
    if len(last) < scene.policy.alternatives.cheaper_looks or last[-1] != here:
        return False
    prices = [scene.price(item_id) or 0.0 for item_id in last]
    falling = all(0.0 < after < before for before, after in pairwise(prices))
    return falling and all(same_kind(item_id, here, scene.memory, scene.catalog) for item_id in last[:-1])


def _hesitates(here: str, touches: list[Recent], scene: Scene) -> bool:
    """Return whether the first look at the item is so long ago, and it was not put into the cart since."""
    mine = [touch for touch in touches if touch.item_id == here]
    if not mine or any(touch.kind in TAKEN for touch in mine):
        return False
    return scene.now_ms - mine[0].at_ms >= scene.policy.alternatives.dwell_minutes * MINUTE_MS
