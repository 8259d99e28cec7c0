"""What customers bought or looked at together, as far as enough of them did."""

from collections.abc import Iterator, Mapping

from online_models.kind import same_kind
from online_models.lists.evidence import visits_with
from online_models.lists.scene import LITTLE_EVIDENCE, SAME_KIND, Pick, Scene
from online_models.policy.silence import LOOKING
from online_models.rank import rank
from online_models.request import Ranked, Request, Task
from online_models.words.texts import ReasonCode

OFTEN = 3  # orders or visits from which on a reason speaks of many, and names figures
LOOKED_THROUGH = 16  # ranked candidates that are tried for evidence
SESSION_ANCHORS = 2  # newest items of the session whose company counts, the one on screen among them


def company(scene: Scene, anchors: tuple[str, ...], ranked: Ranked | None) -> Iterator[Pick]:
    """Yield what customers bought with the anchors, and after that what they looked at. Items may come twice."""
    if ranked is not None:
        yield from _bought_with(scene, anchors, ranked)
    looks = scene.across or scene.browse
    if looks is not None:
        yield from _seen_with(scene, looks)


def rank_cart(scene: Scene, anchors: tuple[str, ...], barred: frozenset[str]) -> Ranked | None:
    """Return the order of what goes with the one item looked at, or with the cart, without what is barred; ranked once a moment.

    None where no anchor was ever bought with anything, so that shops without orders do not pay for it.
    """
    asked = anchors, barred
    if asked not in scene.carts:
        scene.carts[asked] = _ranked(scene, anchors, barred)
    return scene.carts[asked]


def _ranked(scene: Scene, anchors: tuple[str, ...], barred: frozenset[str]) -> Ranked | None:
    baskets, items = scene.memory.baskets, scene.memory.items
    if not any((index := items.find(anchor)) is not None and len(baskets.neighbours(index).ids) > 1 for anchor in anchors):
        return None
    task: Task = "accessory" if isinstance(scene.occasion.event, LOOKING) and len(anchors) == 1 else "basket"
    request = Request(task, anchors, mode="discover", barred=barred, k=LOOKED_THROUGH)
    return rank(request, scene.occasion.profile, scene.memory, scene.catalog, scene.weights, scene.now_ms)


def _bought_with(scene: Scene, anchors: tuple[str, ...], ranked: Ranked) -> Iterator[Pick]:
    """Yield what enough orders hold together with an anchor, best first."""
    for (item_id, score), said in zip(ranked.top(LOOKED_THROUGH), ranked.sources, strict=False):
        if why_not_bought_with(said, scene) is None:
            yield bought_together(item_id, score, anchors[int(said["anchor"])], int(said["together"]), int(said["of"]))


def _seen_with(scene: Scene, looks: Ranked) -> Iterator[Pick]:
    """Yield what enough others looked at together with the item on screen, then with the session's items before it.

    What is of the kind on screen goes instead of it, not with it, and is left to the other lists.
    """
    session, here = scene.occasion.session, scene.anchors[0]
    best = [one for one in looks.top(LOOKED_THROUGH) if scene.allows(one[0])]
    for anchor in seen_anchors(scene):
        visits_of = visits_with(scene.memory, anchor, [item_id for item_id, _ in best], apart_from=session.key)
        for (item_id, score), visits in zip(best, visits_of, strict=True):
            if item_id != anchor and why_not_seen_with(item_id, visits, here, scene) is None:
                code: ReasonCode = "looked_at_together" if visits >= OFTEN else "looked_at_before"
                yield Pick(item_id, score, "seen_with", code, anchor, {"visits": visits})


def seen_anchors(scene: Scene) -> tuple[str, ...]:
    """Return the items whose company in visits counts: the one on screen, then the session's newest."""
    return tuple(dict.fromkeys([scene.anchors[0], *scene.occasion.session.items[:SESSION_ANCHORS]]))


def why_not_bought_with(said: Mapping[str, float], scene: Scene) -> str | None:
    """Return the rule that keeps out what orders hold together; `said`: what speaks for it."""
    return None if said.get("together", 0.0) >= scene.policy.accessories.min_evidence else LITTLE_EVIDENCE


def why_not_seen_with(item_id: str, visits: int, here: str, scene: Scene) -> str | None:
    """Return the rule that keeps out what was looked at in as many `visits` together; `here`: the item on screen."""
    if visits < scene.policy.accessories.min_evidence:
        return LITTLE_EVIDENCE
    return SAME_KIND if same_kind(item_id, here, scene.memory, scene.catalog) else None


def bought_together(item_id: str, score: float, anchor: str, both: int, of: int, *, relation: str = "bought_with") -> Pick:
    """Return a pick that rests on orders; figures are named once they are enough to mean something."""
    code: ReasonCode = "bought_together" if both >= OFTEN else "bought_together_before"
    return Pick(item_id, score, relation, code, anchor, {"together": both, "of": of})
