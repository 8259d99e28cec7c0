"""Which items come into question next: from neighbours, the session, the customer's history, categories, and what is lively."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from msgspec import Struct

from features.profile import Profile, Touch
from online_models import native
from online_models.browse.neighbours import Neighbours, around, ends_of
from online_models.browse.situation import Situation
from online_models.browse.two_hop import two_hop
from online_models.memory.dense import Ints
from online_models.memory.sessions import NOTHING, Times
from online_models.memory.shared import SharedMemory
from online_models.request import Floats

HISTORY = 100
IN_CATEGORY = 40
IN_OTHER_CATEGORY = 15
OTHER_CATEGORIES = 2
FEW = 30  # candidates under which lively items are added
LIVELY = 60


class Candidates(Struct, frozen=True):
    """The candidates of all questions, distinct within each, and for each source the places of its items among them.

    `items`: (n,); `question`: (n,), the number of the one that each is for, ascending; `ends`: where each one's part begins and ends.
    `near`: of the neighbours. `hop`: of the second hop's items. `session`: of the sessions' items but the one on screen, `steps` back.
    `history`: of the items of `touches`. `ring`: of the newest items of the on-screen item's category.
    """

    items: Ints
    question: Ints
    ends: Sequence[tuple[int, int]]
    near: Ints
    neighbours: Neighbours
    hop: Ints
    hop_weights: Floats
    session: Ints
    steps: Sequence[int]
    history: Ints
    touches: Sequence[Touch]
    ring: Ints


def gather(memory: SharedMemory, profiles: Sequence[Profile], situations: Sequence[Situation]) -> Candidates:
    """Return the candidates: never the item on screen, only items that retained rows hold or the customer touched."""
    vocabulary = max(1, len(memory.items))
    own = np.array([here.own for here in situations])
    on_screen = np.array([here.on_screen for here in situations], np.int32)
    near = around(memory.sessions, [here.anchors for here in situations], own=own, on_screen=on_screen, vocabulary=vocabulary)
    hop = two_hop(memory.sessions, near, on_screen=on_screen, own=own, vocabulary=vocabulary)
    asked = list(enumerate(situations))
    before = [(number, item, back) for number, here in asked for back, item in here.anchors if back and item != here.on_screen]
    session = [(number, item) for number, item, _ in before]
    touches, history = _history(memory, profiles, situations)
    latest = memory.categories.latest
    ring = [(number, item) for number, here in asked for item in latest(here.category, IN_CATEGORY + 1) if item != here.on_screen]
    listed = np.array([*session, *history, *ring, *_elsewhere(memory, session, situations)], np.intp).reshape(-1, 2).T
    question, everything = np.concatenate([near.question, hop.question, listed[0]]), np.concatenate([near.items, hop.items, listed[1]])
    counts = np.bincount(question, minlength=len(asked)).tolist()
    for number in [number for number, count in enumerate(counts) if count < FEW]:
        lively = _lively(memory, situations[number].on_screen)
        question, everything = np.concatenate([question, np.full(len(lively), number)]), np.concatenate([everything, lively])
    first, places, ends = _numbered(memory, question, everything, len(asked), vocabulary)
    parts = accumulate([len(near.items), len(hop.items), len(session), len(history), len(ring)], initial=0)
    near_at, hop_at, session_at, history_at, ring_at = (places[begin:end] for begin, end in pairwise(parts))
    return Candidates(
        items=everything.take(first),
        question=question.take(first),
        ends=ends,
        near=near_at,
        neighbours=near,
        hop=hop_at,
        hop_weights=hop.weights,
        session=session_at,
        steps=[back for _, _, back in before],
        history=history_at,
        touches=touches,
        ring=ring_at,
    )


def _numbered(
    memory: SharedMemory, question: Ints, items: Ints, questions: int, vocabulary: int
) -> tuple[Ints, Ints, Sequence[tuple[int, int]]]:
    """Return where each question's distinct items stand first, question by question, which of them each item is, and each one's part."""
    if native.COMPILED:
        return native.counts.numbered(question, items, questions, vocabulary)
    first, inverse = memory.sessions.dense.number(question * vocabulary + items, questions * vocabulary)
    order = question.take(first).argsort(kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    first = first.take(order)
    return first, places.take(inverse), ends_of(question.take(first), questions)


def _history(
    memory: SharedMemory, profiles: Sequence[Profile], situations: Sequence[Situation]
) -> tuple[list[Touch], list[tuple[int, int]]]:
    """Return the customers' touches of items that the memory holds, and those items with their questions' numbers."""
    touches = [(number, touch) for number, profile in enumerate(profiles) for touch in profile.history[-HISTORY:]]
    if not touches:
        return [], []
    items = memory.items.find_all([touch.item_id for _, touch in touches])
    held = memory.popularity.counts.take(items).tolist()
    screens = [here.on_screen for here in situations]
    known = [at for at, item in enumerate(items) if item >= 0 and held[at] and item != screens[touches[at][0]]]
    return [touches[at][1] for at in known], [(touches[at][0], items[at]) for at in known]


def _elsewhere(memory: SharedMemory, session: Sequence[tuple[int, int]], situations: Sequence[Situation]) -> list[tuple[int, int]]:
    """Return the newest items of each session's other categories, of the two that were met last."""
    categories = memory.categories
    if not session or not categories.held:
        return []
    met = categories.of.take([item for _, item in session]).tolist()
    others: dict[int, dict[int, None]] = {}  # by question
    for (number, _), category in zip(session, met, strict=True):
        if category not in (situations[number].category, NOTHING):
            others.setdefault(number, {})[category] = None
    return [
        (number, item)
        for number, found in others.items()
        for category in list(found)[:OTHER_CATEGORIES]
        for item in categories.latest(category, IN_OTHER_CATEGORY)
        if item != situations[number].on_screen
    ]


def _lively(memory: SharedMemory, on_screen: int) -> Ints:
    """Return the items that were touched last and those touched most. O(items)."""
    last_ms = memory.popularity.last_ms[: len(memory.items)]
    counts = memory.popularity.counts[: len(memory.items)]
    held: Ints = np.flatnonzero(counts)
    held = held[held != on_screen]
    if len(held) <= LIVELY:
        return held
    ties = memory.items.ties.take(held)  # first come is no reason: see Vocabulary
    newest, most = _highest(last_ms.take(held), ties, LIVELY), _highest(counts.take(held), ties, LIVELY // 2)
    both: Ints = held.take(np.concatenate([newest, most]))
    return both


def _highest(values: Times, ties: Times, most: int) -> Ints:
    """Return the places of the `most` highest values, of equal ones at the edge those with the lowest `ties`."""
    edge = -np.partition(-values, most - 1)[most - 1]  # from this end many equal values cost a twentieth
    above, at_edge = np.flatnonzero(values > edge), np.flatnonzero(values == edge)
    return np.concatenate([above, at_edge.take(ties.take(at_edge).argsort()[: most - len(above)])])
