"""The order of one task's candidates: the one function that the worker, the trainer's lessons and the evaluation all call."""

from collections.abc import Callable

from features.catalog import Catalog
from features.profile import Profile
from online_models.accessory import rank_accessory
from online_models.basket.ranking import rank_basket
from online_models.browse import rank_browse
from online_models.memory.shared import SharedMemory
from online_models.ranker import Weights
from online_models.request import Ranked, Request, Task
from online_models.upgrade import rank_upgrade

Ranker = Callable[[Request, Profile, SharedMemory, Catalog, Weights, int], Ranked]
RANKERS: dict[Task, Ranker] = {
    "browse": rank_browse,
    "basket": rank_basket,
    "accessory": rank_accessory,
    "upgrade": rank_upgrade,
}


def rank(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: Weights, now_ms: int) -> Ranked:
    """Return all candidates of the request's task in the ranker's order, best first.

    Pure: asking changes nothing, and the same arguments give the same bytes. `now_ms` is the event's time.
    """
    return RANKERS[request.task](request, profile, memory, catalog, weights, now_ms)
