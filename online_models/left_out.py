"""What a list could have shown and did not, each item with the rule; asked by tools, never on the way of an event.

The rules are the lists' own predicates, asked of candidates that are ranked once more with nothing barred and nothing sold out.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from features.catalog import EverythingSold
from online_models.accessory import across
from online_models.browse.question import browse_request
from online_models.lists.accessories import Fit, anchors_of, said_of
from online_models.lists.alternatives import rank_of_kind, why_no_alternative
from online_models.lists.company import LOOKED_THROUGH, rank_cart, seen_anchors, why_not_bought_with, why_not_seen_with
from online_models.lists.evidence import visits_with
from online_models.lists.obstacle import price_is_the_obstacle
from online_models.lists.scene import LIST_FULL, ON_SCREEN, Scene
from online_models.lists.upgrades import affordable, rank_dearer, why_no_upgrade
from online_models.policy.lists import ListName
from online_models.rank import rank

Ruled = Iterator[tuple[str, str | None]]  # candidate -> the rule against it, None where nothing is


class LeftOut(Struct, frozen=True):
    """One candidate that a list does not show, and why."""

    item_list_id: str
    item_id: str
    rule: str


def left_out(name: ListName, scene: Scene, *, taken: frozenset[str], shown: frozenset[str]) -> list[LeftOut]:
    """Return the candidates of a list that are not `shown`, the better ones first; nothing for a list that explains nothing.

    `taken`: what stood in the lists before it. A candidate with several sources has the rule against the one that came farthest.
    About as dear as answering the event.
    """
    rules: dict[str, str] = {}
    for item_id, rule in RULED[name](scene, taken) if name in RULED else ():
        if item_id not in shown and (item_id not in rules or rule is None):
            rules[item_id] = LIST_FULL if rule is None else rule
    return [LeftOut(name, item_id, rule) for item_id, rule in rules.items() if rule != ON_SCREEN]


def _upgrades(scene: Scene, taken: frozenset[str]) -> Ruled:
    here, price = _on_screen(scene)
    if here is None or not price:
        return
    most = affordable(here, price, scene)
    for item_id in rank_dearer(scene, here, frozenset([here])).items:
        yield item_id, why_no_upgrade(item_id, price, most, taken, scene)


def _alternatives(scene: Scene, taken: frozenset[str]) -> Ruled:
    here, price = _on_screen(scene)
    if here is None or not price or not price_is_the_obstacle(here, price, scene):
        return
    for item_id in rank_of_kind(scene, here, frozenset([here])).items:
        yield item_id, why_no_alternative(item_id, price, taken, scene)


def _accessories(scene: Scene, taken: frozenset[str]) -> Ruled:
    anchors, fits = anchors_of(scene), Fit(scene, taken)
    if not anchors:
        return
    for pick in said_of(scene, anchors, 0.0):
        yield pick.item_id, fits.why_not(pick.item_id)
    bought = rank_cart(scene, anchors, frozenset(anchors))
    for item_id, said in zip(bought.items, bought.sources, strict=False) if bought is not None else ():
        yield item_id, fits.why_not(item_id) or why_not_bought_with(said, scene)
    here = scene.anchors[0]
    best = [item_id for item_id in _looked_at(scene) if item_id != here]
    for anchor in seen_anchors(scene):
        visits_of = visits_with(scene.memory, anchor, best, apart_from=scene.occasion.session.key)
        for item_id, visits in zip(best, visits_of, strict=True):
            if item_id != anchor:
                yield item_id, fits.why_not(item_id) or why_not_seen_with(item_id, visits, here, scene)


def _on_screen(scene: Scene) -> tuple[str | None, float | None]:
    here = scene.on_screen
    return here, None if here is None else scene.price(here)


def _looked_at(scene: Scene) -> tuple[str, ...]:
    """Return what looks alone would let go with the item on screen, and behind it what of its own category they would show next."""
    request = browse_request(scene.occasion)
    if request is None:
        return ()
    everything = EverythingSold(scene.catalog)
    ranked = rank(request, scene.occasion.profile, scene.memory, everything, scene.weights, scene.now_ms)
    goes_with = across(ranked, request, scene.memory, scene.catalog, scene.weights) or ranked
    return tuple(dict.fromkeys([*goes_with.items[:LOOKED_THROUGH], *ranked.items[:LOOKED_THROUGH]]))


RULED: Mapping[ListName, Callable[[Scene, frozenset[str]], Ruled]] = MappingProxyType(
    {"accessories": _accessories, "upgrades": _upgrades, "alternatives": _alternatives}
)
