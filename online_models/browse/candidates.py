"""Which items come into question next: from neighbours, the session, the customer's history, categories, and what is lively."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from msgspec import Struct

from features.profile import Profile, Touch
from online_models.browse.neighbours import Neighbours, alike, best_of, neighbours
from online_models.browse.situation import Situation
from online_models.browse.two_hop import two_hop
from online_models.memory.dense import Ints
from online_models.memory.sessions import NOTHING
from online_models.memory.shared import SharedMemory
from online_models.request import Floats

HISTORY = 100
IN_CATEGORY = 40
IN_OTHER_CATEGORY = 15
OTHER_CATEGORIES = 2
FEW = 30  # candidates under which lively items are added
LIVELY = 60
NOTHING_THERE: Ints = np.empty(0, np.intp)


class Candidates(Struct, frozen=True):
    """The distinct candidates, and for each source the places of its items among them.

    `items`: (n,), the first `len(near.items)` are the neighbours. `session`: of the session's items but the one on screen, `steps` back.
    `history`: of the items of `touches`. `ring`: of the newest items of the on-screen item's category. `hop`: with weights.
    """

    items: Ints
    near: Neighbours
    session: Ints
    steps: Sequence[int]
    history: Ints
    touches: Sequence[Touch]
    ring: Ints
    hop: Ints
    hop_weights: Floats


def gather(memory: SharedMemory, profiles: Sequence[Profile], situations: Sequence[Situation]) -> list[Candidates]:
    """Return each one's candidates: never the item on screen, only items that retained rows hold or the customer touched."""
    rows = [alike(memory.sessions, here.anchors, here.own) for here in situations]
    near = [neighbours(memory.sessions, one, here.on_screen, len(memory.items)) for one, here in zip(rows, situations, strict=True)]
    return [_gathered(memory, *one) for one in zip(profiles, situations, near, strict=True)]


def _gathered(memory: SharedMemory, profile: Profile, here: Situation, near: Neighbours) -> Candidates:
    sessions, on_screen, category = memory.sessions, here.on_screen, here.category
    vocabulary = len(memory.items)
    hop, hop_weights = two_hop(sessions, near, on_screen=on_screen, own=here.own, vocabulary=vocabulary)
    before = [one for one in here.anchors if one[0] and one[1] != on_screen]
    session = [item for _, item in before]
    touches, history = _history(memory, profile, on_screen)
    ring = [item for item in memory.categories.latest(category, IN_CATEGORY + 1) if item != on_screen]
    listed = [*session, *history, *ring, *_elsewhere(memory, session, category, on_screen)]
    few = len(near.items) + len(hop) + len(listed) < FEW
    if not listed and not len(hop) and not few:
        return Candidates(near.items, near, NOTHING_THERE, (), NOTHING_THERE, (), NOTHING_THERE, hop, hop_weights)
    everything = np.concatenate([near.items, hop, np.array(listed, np.intp), *([_lively(memory, on_screen)] if few else [])])
    first, places = sessions.dense.number(everything, vocabulary)
    ends = accumulate([len(near.items), len(hop), len(session), len(history), len(ring)])
    hop_at, session_at, history_at, ring_at = (places[start:end] for start, end in pairwise(ends))
    steps = [back for back, _ in before]
    return Candidates(everything.take(first), near, session_at, steps, history_at, touches, ring_at, hop_at, hop_weights)


def _history(memory: SharedMemory, profile: Profile, on_screen: int) -> tuple[Sequence[Touch], list[int]]:
    """Return the customer's touches of items that the memory holds, and those items."""
    touches = profile.history[-HISTORY:]
    if not touches:
        return [], []
    numbers = memory.items.find_all([touch.item_id for touch in touches])
    held = memory.popularity.counts.take(numbers).tolist()
    known = [(touch, item) for touch, item, count in zip(touches, numbers, held, strict=True) if count and item >= 0 and item != on_screen]
    return [touch for touch, _ in known], [item for _, item in known]


def _elsewhere(memory: SharedMemory, session: Sequence[int], category: int, on_screen: int) -> list[int]:
    """Return the newest items of the session's other categories, of the two that were met last."""
    if not session or not memory.categories.held:
        return []
    met = dict.fromkeys(memory.categories.of[session].tolist())
    others = [one for one in met if one not in (category, NOTHING)][:OTHER_CATEGORIES]
    return [item for one in others for item in memory.categories.latest(one, IN_OTHER_CATEGORY) if item != on_screen]


def _lively(memory: SharedMemory, on_screen: int) -> Ints:
    """Return the items that were touched last and those touched most. O(items)."""
    last_ms = memory.popularity.last_ms[: len(memory.items)]
    counts = memory.popularity.counts[: len(memory.items)]
    held: Ints = np.flatnonzero(counts)
    held = held[held != on_screen]
    if len(held) <= LIVELY:
        return held
    held = held[np.argsort(memory.items.ties[held])]  # first come is no reason: see Vocabulary
    newest = best_of(last_ms[held].astype(np.float64), LIVELY)
    most = best_of(counts[held].astype(np.float64), LIVELY // 2)
    both: Ints = held[np.concatenate([newest, most])]
    return both
