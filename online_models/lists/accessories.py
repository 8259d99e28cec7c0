"""What goes with it: the shop's own word, then what customers bought or looked at together, then consumables that are due."""

from collections.abc import Iterator
from math import inf

from msgspec.structs import replace

from features.cart import worth
from online_models.lists.arrange import depth
from online_models.lists.chosen import Chosen
from online_models.lists.company import OFTEN, bought_together, company, rank_cart
from online_models.lists.evidence import orders_with
from online_models.lists.scene import NO_PRICE, TAKEN, Pick, Scene, again_ms
from online_models.policy.policy import DAY_MS
from online_models.policy.silence import LOOKING
from online_models.words.texts import ReasonCode
from stream.contracts.events import BeginCheckout

MAX_ANCHORS = 20
MAX_RELATED = 60  # of one item that are compared, in each way
RELATIONS: tuple[tuple[str, ReasonCode], ...] = (  # how the catalogue relates items, the closest way first
    ("accessory_of", "made_for"),
    ("related_to", "related"),
    ("same_series", "same_series"),
    ("same_author", "same_author"),
)
TOO_DEAR_AT_CHECKOUT = "too_dear_at_checkout"


def accessories(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return what goes with the item on screen and the cart; nothing of `taken`.

    The items that the shop itself relates come first, in at most half of the places; the rest is what customers did.
    """
    shows, most = scene.policy.accessories.items, depth("accessories", scene)
    anchors = anchors_of(scene)
    if not anchors:
        return Chosen([])
    fits = Fit(scene, taken)
    ranked = rank_cart(scene, anchors, scene.never)
    learnt = _first(company(scene, anchors, ranked), fits, most)
    top = learnt[0].score if learnt else 0.0
    said = [pick for pick in said_of(scene, anchors, top) if fits.takes(pick.item_id)]
    first = said[: (shows + 1) // 2]
    distinct = {pick.item_id: pick for pick in reversed([*first, *learnt, *said[len(first) :], *_due(scene, fits)])}
    return Chosen(list(reversed(distinct.values()))[:most], {} if ranked is None else {ranked.head: ranked})


def _first(picks: Iterator[Pick], fits: "Fit", most: int) -> list[Pick]:
    """Return the first distinct picks that fit; their scores, which come from several heads, are cut to fall."""
    found: dict[str, Pick] = {}
    lowest = inf
    for pick in picks:
        if pick.item_id not in found and fits.takes(pick.item_id):
            found[pick.item_id] = pick if pick.score <= lowest else replace(pick, score=lowest)
            lowest = min(lowest, pick.score)
            if len(found) == most:
                break
    return list(found.values())


class Fit:
    """Whether an item may stand in this list now: sellable, not taken, and at checkout a small one."""

    def __init__(self, scene: Scene, taken: frozenset[str]) -> None:
        self._scene, self._taken = scene, taken
        total = worth(scene.cart) if isinstance(scene.occasion.event, BeginCheckout) else None
        self._most = None if total is None else total * scene.policy.accessories.checkout_share

    def takes(self, item_id: str) -> bool:
        """Return whether it may."""
        return self.why_not(item_id) is None

    def why_not(self, item_id: str) -> str | None:
        """Return the rule that keeps the item out, None when it may stand here."""
        rule = TAKEN if item_id in self._taken else self._scene.why_not(item_id)
        if rule is not None or self._most is None:
            return rule
        price = self._scene.price(item_id)
        if price is None:
            return NO_PRICE
        return None if price <= self._most else TOO_DEAR_AT_CHECKOUT


def anchors_of(scene: Scene) -> tuple[str, ...]:
    """Return what the list is about: on a look at an item that item alone, else the whole cart, what was just added first."""
    if isinstance(scene.occasion.event, LOOKING):
        return scene.anchors[:1]
    return tuple(dict.fromkeys([*scene.anchors, *[line.item_id for line in scene.cart]]))[:MAX_ANCHORS]


def said_of(scene: Scene, anchors: tuple[str, ...], score: float) -> list[Pick]:
    """Return what the catalogue relates to the anchors: of the newest anchor first, and there what most orders hold."""
    picks: list[Pick] = []
    for anchor in anchors:
        found = [(*orders_with(scene.memory, anchor, item_id), place, item_id) for item_id, place in _related(scene, anchor).items()]
        for both, of, place, item_id in sorted(found, key=lambda one: (-one[0], *one[2:])):
            relation, code = RELATIONS[place]
            if both >= OFTEN:
                picks.append(bought_together(item_id, score, anchor, both, of, relation=relation))
            else:
                picks.append(Pick(item_id, score, relation, code, anchor, _named(code, item_id, scene)))
    return picks


def _related(scene: Scene, anchor: str) -> dict[str, int]:
    """Return each item that the catalogue relates to the anchor -> the place of its closest relation among RELATIONS."""
    catalog = scene.catalog
    ways = (catalog.accessories_of(anchor), catalog.related(anchor), catalog.of_series(anchor), catalog.of_author(anchor))
    if not any(ways):
        return {}
    return {item_id: place for place, items in reversed(list(enumerate(ways))) for item_id in items[:MAX_RELATED]}


def _named(code: ReasonCode, item_id: str, scene: Scene) -> dict[str, str | float]:
    """Return what the sentence names beside the anchor."""
    entry = scene.catalog.get(item_id)
    if entry is None:
        return {}
    named = {"same_series": ("series", entry.series), "same_author": ("author", entry.author)}.get(code)
    return {} if named is None or named[1] is None else {named[0]: named[1]}


def _due(scene: Scene, fits: Fit) -> Iterator[Pick]:
    """Yield the customer's own consumables that are used up about now, the longest due first."""
    due = []
    for touch in scene.occasion.profile.history:
        entry = scene.catalog.get(touch.item_id) if touch.buys > 0 else None
        if entry is not None and entry.consumable_days is not None:
            over_ms = scene.now_ms - again_ms(touch.item_id, touch.last_buy_ms, scene.catalog, scene.policy.bought)
            if over_ms >= 0 and fits.takes(touch.item_id):
                due.append((-over_ms, touch.item_id, (scene.now_ms - touch.last_buy_ms) // DAY_MS))
    for _, item_id, days in sorted(due):
        yield Pick(item_id, 0.0, "due_again", "due", None, {"days": days})
