"""What many customers look at now: the last resort of a list that has nothing better."""

import numpy as np

from online_models.lists.scene import Pick, Scene

READ = 50  # most touched items that are compared by their fresh touches


def popular(scene: Scene, taken: frozenset[str], limit: int) -> list[Pick]:
    """Return the items with most touches of late that the customer has not met in this session. O(items of the memory).

    Under a policy that always speaks, those that he met are welcome too, and what is barred comes after all the rest; what the
    event is about, and what is not sold, never.
    """
    memory = scene.memory
    known = len(memory.items)
    counts = memory.popularity.counts[:known]
    if not counts.any():
        return []
    read = READ + len(scene.never)
    least = np.partition(counts, -read)[-read] if known > read else 1
    items = np.flatnonzero(counts >= max(int(least), 1))
    fresh = memory.popularity.fresh(items, scene.now_ms)
    order = np.lexsort((memory.items.ties[items], -counts[items], -fresh))
    ranked = [(memory.items.ids[int(items[at])], float(fresh[at])) for at in order]
    if scene.policy.always_speak:
        here = frozenset(scene.anchors)
        ranked = [one for one in ranked if scene.allows(one[0])] + [
            one for one in ranked if not scene.allows(one[0]) and one[0] not in here and scene.catalog.sellable(one[0])
        ]
    else:
        met = frozenset(scene.occasion.session.items)
        ranked = [one for one in ranked if scene.allows(one[0]) and one[0] not in met and one[1] > 0]
    free = [one for one in ranked if one[0] not in taken]
    return [Pick(item_id, score, "popular", "popular", None, {}) for item_id, score in free[:limit]]
