"""What goes with one item: from orders where there are any that hold it, else from where customers went on to."""

import numpy as np
from msgspec.structs import replace

from features.catalog import Catalog
from features.profile import Profile
from online_models.basket.ranking import rank_basket
from online_models.browse import rank_browse
from online_models.browse.situation import category_number
from online_models.heads import ACCESSORY_LOOKS
from online_models.memory.sessions import NOTHING
from online_models.memory.shared import SharedMemory
from online_models.ranker import Weights, score
from online_models.request import Ranked, Request


def rank_accessory(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, weights: Weights, now_ms: int) -> Ranked:
    """Return what goes with `request.anchors[0]`, best first, nothing of its category: that would go instead of it.

    Where it was bought together with anything, a head of its own orders what orders hold, about 0.6 ms. Else the candidates for the
    next view answer for the whole session, `request.anchors` being its distinct items, newest first: about 0.4 ms. In a shop with
    fewer than two categories none is left out.
    """
    anchor = memory.items.find(request.anchors[0])
    if anchor is not None and len(memory.baskets.neighbours(anchor).ids) > 1:  # it is its own neighbour
        return rank_basket(replace(request, anchors=request.anchors[:1]), profile, memory, catalog, weights, now_ms)
    ranked = rank_browse(replace(request, task="browse", k=0), profile, memory, catalog, weights, now_ms)
    return across(ranked, request, memory, catalog, weights) or ranked


def across(ranked: Ranked, request: Request, memory: SharedMemory, catalog: Catalog, weights: Weights) -> Ranked | None:
    """Return the next-view candidates of other categories than the first anchor's, in the order of a head that such moves alone teach.

    None where categories tell nothing: the item has none, or there is no other. O(candidates), about 30 us.
    """
    category = category_number(request.anchors[0], request.category, memory, catalog)
    if category == NOTHING:
        return None
    instead = memory.categories.within(category, len(memory.items))
    if not instead.any():
        return None
    numbers = np.array(memory.items.find_all(ranked.items), np.intp)
    kept = np.flatnonzero((numbers < 0) | ~instead.take(numbers))  # what is only listed has the number -1
    features = ranked.features.take(kept, axis=0)
    scores = score(features, weights.heads[ACCESSORY_LOOKS.name], ranked.bucket)
    order = (-scores).argsort(kind="stable")  # equal ones stay in the order of the next view
    items = tuple([ranked.items[place] for place in kept.take(order).tolist()])
    return Ranked(ACCESSORY_LOOKS.name, ranked.bucket, items, scores.take(order), features.take(order, axis=0))
