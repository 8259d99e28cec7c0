"""What goes with it: the shop's own word, then what customers bought or looked at together, then consumables that are due."""

from collections.abc import Iterator
from itertools import islice
from math import inf

from features.cart import worth
from online_models.kind import same_kind
from online_models.lists.chosen import Chosen
from online_models.lists.evidence import orders_with, visits_with
from online_models.lists.scene import Pick, Scene, again_ms
from online_models.policy import DAY_MS
from online_models.rank import rank
from online_models.request import Ranked, Request
from stream.contracts.events import BeginCheckout

OFTEN = 3  # orders or visits from which on a reason speaks of many, and names figures
LOOKED_THROUGH = 16  # ranked candidates that are tried for evidence
MAX_ANCHORS = 20


def accessories(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return what goes with the item on screen and the cart; nothing of `taken`.

    The items that the shop itself relates come first, in at most half of the places; the rest is what customers did.
    """
    rules = scene.policy.accessories
    anchors = _anchors(scene)
    if not anchors:
        return Chosen([])
    fits = _Fit(scene, taken)
    ranked = _basket(scene, anchors)
    learnt = list(islice((pick for pick in _learnt(scene, anchors, ranked) if fits.takes(pick.item_id)), rules.items))
    top = learnt[0].score if learnt else 0.0
    said = [pick for pick in _said(scene, anchors, top) if fits.takes(pick.item_id)]
    first = said[: (rules.items + 1) // 2]
    distinct = {pick.item_id: pick for pick in reversed([*first, *learnt, *said[len(first) :], *_due(scene, fits)])}
    return Chosen(list(reversed(distinct.values()))[: rules.items], {} if ranked is None else {ranked.head: ranked})


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
    return tuple(dict.fromkeys([*scene.anchors, *[line.item_id for line in scene.cart]]))[:MAX_ANCHORS]


def _basket(scene: Scene, anchors: tuple[str, ...]) -> Ranked | None:
    """Return the basket head's order; None where no anchor was ever bought, so that shops without orders do not pay for it."""
    baskets, items = scene.memory.baskets, scene.memory.items
    if not any((index := items.find(anchor)) is not None and len(baskets.neighbours(index).ids) for anchor in anchors):
        return None
    request = Request("basket", anchors, mode="discover", barred=scene.never, k=LOOKED_THROUGH)
    return rank(request, scene.occasion.profile, scene.memory, scene.catalog, scene.weights, scene.now_ms)


def _learnt(scene: Scene, anchors: tuple[str, ...], ranked: Ranked | None) -> Iterator[Pick]:
    """Yield what customers bought with the anchors, and after that what they looked at with the one on screen."""
    least = scene.policy.accessories.min_evidence
    lowest = inf
    for (item_id, score), said in zip(ranked.top(LOOKED_THROUGH), ranked.sources, strict=False) if ranked is not None else ():
        if said.get("together", 0.0) >= least:
            lowest = score
            yield bought_together(item_id, score, anchors[int(said["anchor"])], int(said["together"]), int(said["of"]))
    if scene.browse is None or scene.on_screen is None:
        return
    best = [one for one in scene.browse.top(LOOKED_THROUGH) if scene.allows(one[0])]
    together = visits_with(scene.memory, anchors[0], [item_id for item_id, _ in best], apart_from=scene.occasion.session.key)
    for (item_id, score), visits in zip(best, together, strict=False):
        if visits >= least and not same_kind(item_id, anchors[0], scene.memory, scene.catalog):
            code = "looked_at_together" if visits >= OFTEN else "looked_at_before"
            yield Pick(item_id, min(score, lowest), "seen_with", code, anchors[0], {"visits": visits})


def _said(scene: Scene, anchors: tuple[str, ...], score: float) -> list[Pick]:
    """Return what the catalogue relates to the anchors: of the newest anchor first, and there what most orders hold."""
    picks: list[Pick] = []
    for anchor in anchors:
        related = [("accessory_of", "made_for", item_id) for item_id in scene.catalog.accessories_of(anchor)]
        related += [("related_to", "related", item_id) for item_id in scene.catalog.related(anchor)]
        found = [(orders_with(scene.memory, anchor, item_id), relation, code, item_id) for relation, code, item_id in related]
        for (both, of), relation, code, item_id in sorted(found, key=lambda one: (-one[0][0], one[1:])):
            if both >= OFTEN:
                picks.append(bought_together(item_id, score, anchor, both, of, relation=relation))
            else:
                picks.append(Pick(item_id, score, relation, code, anchor))
    return picks


def bought_together(item_id: str, score: float, anchor: str, both: int, of: int, *, relation: str = "bought_with") -> Pick:
    """Return a pick that rests on orders; figures are named once they are enough to mean something."""
    code = "bought_together" if both >= OFTEN else "bought_together_before"
    return Pick(item_id, score, relation, code, anchor, {"together": both, "of": of})


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
