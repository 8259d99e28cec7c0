"""What customers really bought together with the item on screen, with the number of orders."""

from itertools import islice

from online_models.lists.arrange import depth
from online_models.lists.chosen import Chosen
from online_models.lists.companions import companions
from online_models.lists.company import bought_together
from online_models.lists.scene import Scene


def also_bought(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return what enough orders hold together with the item on screen, the closest first; nothing of `taken`."""
    here, rules = scene.on_screen, scene.policy.also_bought
    if here is None:
        return Chosen([])
    best = islice(companions(scene, here, least=rules.min_evidence, taken=taken), depth("also_bought", scene))
    return Chosen([bought_together(one.item_id, one.closeness, here, one.both, one.of) for one in best])
