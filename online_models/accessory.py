"""What goes with one item: from orders where there are any that hold it, else from where customers went on to."""

import numpy as np
from msgspec.structs import replace

from features.catalog import Catalog
from features.profile import Profile
from online_models.basket.ranking import rank_basket
from online_models.browse import rank_browse
from online_models.memory.shared import SharedMemory
from online_models.ranker import Weights
from online_models.request import Ranked, Request


def rank_accessory(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: Weights, now_ms: int) -> Ranked:
    """Return what goes with `request.anchors[0]`, best first, nothing of its category: that would go instead of it.

    Where it was bought together with anything, the accessory head orders what orders hold, about 0.6 ms. Else the next-view order
    answers for the whole session, `request.anchors` being its distinct items, newest first: about 0.4 ms. In a shop with fewer than
    two categories none is left out.
    """
    anchor = memory.items.find(request.anchors[0])
    if anchor is not None and len(memory.baskets.neighbours(anchor).ids) > 1:  # it is its own neighbour
        return rank_basket(replace(request, anchors=request.anchors[:1]), profile, memory, catalog, weights, now_ms)
    ranked = rank_browse(replace(request, task="browse", k=0), profile, memory, catalog, weights, now_ms)
    instead = memory.categories.alike(anchor, len(memory.items))
    numbers = memory.items.find_all(ranked.items)
    kept = np.array([place for place, number in enumerate(numbers) if number < 0 or not instead[number]], np.intp)
    items = tuple([ranked.items[place] for place in kept.tolist()])
    return replace(ranked, items=items, scores=ranked.scores[kept], features=ranked.features[kept])
