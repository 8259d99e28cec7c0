"""What goes with it: the shop's own word, then what customers bought or looked at together, then consumables that are due."""

from collections.abc import Iterator
from math import inf

from msgspec.structs import replace

from features.cart import worth
from online_models.arrange import depth
from online_models.lists.chosen import Chosen
from online_models.lists.company import OFTEN, bought_together, company, rank_cart
from online_models.lists.evidence import orders_with
from online_models.lists.scene import Pick, Scene, again_ms
from online_models.policy import DAY_MS
from online_models.silence import LOOKING
from stream.contracts.events import BeginCheckout

MAX_ANCHORS = 20
MAX_RELATED = 60  # accessories of one item that are compared


def accessories(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return what goes with the item on screen and the cart; nothing of `taken`.

    The items that the shop itself relates come first, in at most half of the places; the rest is what customers did.
    """
    shows, most = scene.policy.accessories.items, depth("accessories", scene)
    anchors = _anchors(scene)
    if not anchors:
        return Chosen([])
    fits = _Fit(scene, taken)
    ranked = rank_cart(scene, anchors)
    learnt = _first(company(scene, anchors, ranked), fits, most)
    top = learnt[0].score if learnt else 0.0
    said = [pick for pick in _said(scene, anchors, top) if fits.takes(pick.item_id)]
    first = said[: (shows + 1) // 2]
    distinct = {pick.item_id: pick for pick in reversed([*first, *learnt, *said[len(first) :], *_due(scene, fits)])}
    return Chosen(list(reversed(distinct.values()))[:most], {} if ranked is None else {ranked.head: ranked})


def _first(picks: Iterator[Pick], fits: "_Fit", most: int) -> list[Pick]:
    """Return the first distinct picks that fit; their scores, which come from several heads, are cut to fall."""
    found: dict[str, Pick] = {}
    lowest = inf
    for pick in picks:
        if pick.item_id not in found and fits.takes(pick.item_id):
            lowest = min(lowest, pick.score)
            found[pick.item_id] = replace(pick, score=lowest)
            if len(found) == most:
                break
    return list(found.values())


class _Fit:
    """Whether an item may stand in this list now: sellable, not taken, and at checkout a small one."""

    def __init__(self, scene: Scene, taken: frozenset[str]) -> None:
        self._scene, self._taken = scene, taken
        total = worth(scene.cart) if isinstance(scene.occasion.event, BeginCheckout) else None
        self._most = None if total is None else total * scene.policy.accessories.checkout_share

    def takes(self, item_id: str) -> bool:
        if item_id in self._taken or not self._scene.allows(item_id):
            return False
        if self._most is None:
            return True
        price = self._scene.price(item_id)
        return price is not None and price <= self._most


def _anchors(scene: Scene) -> tuple[str, ...]:
    """Return what the list is about: on a look at an item that item alone, else the whole cart, what was just added first."""
    if isinstance(scene.occasion.event, LOOKING):
        return scene.anchors[:1]
    return tuple(dict.fromkeys([*scene.anchors, *[line.item_id for line in scene.cart]]))[:MAX_ANCHORS]


def _said(scene: Scene, anchors: tuple[str, ...], score: float) -> list[Pick]:
    """Return what the catalogue relates to the anchors: of the newest anchor first, and there what most orders hold."""
    picks: list[Pick] = []
    for anchor in anchors:
        related = [("accessory_of", "made_for", item_id) for item_id in scene.catalog.accessories_of(anchor)[:MAX_RELATED]]
        related += [("related_to", "related", item_id) for item_id in scene.catalog.related(anchor)]
        found = [(orders_with(scene.memory, anchor, item_id), relation, code, item_id) for relation, code, item_id in related]
        for (both, of), relation, code, item_id in sorted(found, key=lambda one: (-one[0][0], one[1:])):
            if both >= OFTEN:
                picks.append(bought_together(item_id, score, anchor, both, of, relation=relation))
            else:
                picks.append(Pick(item_id, score, relation, code, anchor))
    return picks


def _due(scene: Scene, fits: _Fit) -> Iterator[Pick]:
    """Yield the customer's own consumables that are used up about now, the longest due first."""
    due = []
    for touch in scene.occasion.profile.history:
        entry = scene.catalog.get(touch.item_id)
        if touch.buys > 0 and entry is not None and entry.consumable_days is not None:
            over_ms = scene.now_ms - again_ms(touch.item_id, touch.last_buy_ms, scene.catalog, scene.policy.bought)
            if over_ms >= 0 and fits.takes(touch.item_id):
                due.append((-over_ms, touch.item_id, (scene.now_ms - touch.last_buy_ms) // DAY_MS))
    for _, item_id, days in sorted(due):
        yield Pick(item_id, 0.0, "due_again", "due", None, {"days": days})
