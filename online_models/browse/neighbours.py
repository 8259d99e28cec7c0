"""What other sessions did around the items of this one: evidence gathered from their rows, at the time of the question."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from online_models.memory.dense import Ints
from online_models.memory.sessions import WIDTH, SessionMemory
from online_models.request import Floats

ANCHORS = 10  # newest items that look for neighbours
POSTINGS = 500  # newest cells read of each
ROWS = 200  # best rows that are gathered
VOTING_ROWS = 100  # of which so many count for `rows`
MOST = 150  # candidates kept
EVIDENCES = ("adjacent", "forward", "backward", "rows", "directed", "older", "recent")
NEXT, ROW_VOTES, DIRECTED, RECENT = 0, 3, 4, 6

_OFFSETS = np.arange(-WIDTH + 1, WIDTH)  # from the shared item to another cell of its row
_NEAR = 1 / np.maximum(np.abs(_OFFSETS), 1) * (_OFFSETS != 0)
_AHEAD = _NEAR * (_OFFSETS > 0)
_BEHIND = _NEAR * (_OFFSETS < 0)
_NEXT = (_OFFSETS == 1).astype(np.float64)
_DIRECTION = _AHEAD + 0.6 * _BEHIND
_COLUMNS = np.arange(WIDTH) + WIDTH - 1  # + -column: index into the tables above
_RECENCY = 1 / (1 + np.arange(ROWS) / 20)
_ROW_KEY = 1 << 44  # more than there will ever be rows


class Neighbours(Struct, frozen=True):
    """Candidates with their evidence: float64 (7, n) in the order of EVIDENCES, each >= 0. `strength`: the three best, scaled, summed."""

    items: Ints
    evidence: Floats
    strength: Floats


NOBODY = Neighbours(np.empty(0, np.intp), np.empty((len(EVIDENCES), 0)), np.empty(0))


class Rows(Struct, frozen=True):
    """Rows that share an item with the session, best first.

    `slots`; `columns` of the shared item that the session touched last; `steps` back to that item; `weights`: sum of 1 - steps / 10.
    """

    slots: Ints
    columns: Ints
    steps: Ints
    weights: Floats


def alike(sessions: SessionMemory, anchors: Sequence[tuple[int, int]], own: int) -> Rows:
    """Return the best 200 rows; of equally good ones the newer first. `own`: `starts` of the running session, which is left out.

    Args:
        sessions: the rows of everybody.
        anchors: (steps back, item), newest first; those 10 or more steps back are left out.
        own: as `SessionMemory.start_of` gives it.
    """
    found = [(back, sessions.postings.newest(item, POSTINGS)[::-1]) for back, item in anchors if back < ANCHORS]
    lengths = [len(cells) for _, cells in found]
    cells = np.concatenate([cells for _, cells in found]) if found else np.empty(0, np.int64)
    steps = np.repeat([back for back, _ in found], lengths)
    numbers = cells // WIDTH
    slots = numbers % sessions.capacity
    first, inverse = sessions.dense.number(slots)
    votes = np.bincount(inverse, ANCHORS - steps, len(first)).astype(np.int64)  # in tenths
    others = sessions.starts[slots[first]] != own
    first, keys = first[others], votes[others] * _ROW_KEY + numbers[first[others]]
    if len(keys) > ROWS:
        best = np.argpartition(keys, -ROWS)[-ROWS:]  # keys are distinct: no tie is left to chance
        first, keys = first[best], keys[best]
    order = np.argsort(keys)[::-1]
    first = first[order]
    return Rows(slots[first], cells[first] % WIDTH, steps[first], (keys[order] // _ROW_KEY) / ANCHORS)


def neighbours(sessions: SessionMemory, rows: Rows, on_screen: int) -> Neighbours:
    """Return the 150 best items that stand in `rows` beside the shared ones, without the one on screen."""
    if not len(rows.slots):
        return NOBODY
    cells = sessions.items[rows.slots].ravel()
    tables = (_COLUMNS - rows.columns[:, None]).ravel()
    used = np.flatnonzero((cells >= 0) & (cells != on_screen) & (tables != WIDTH - 1))
    if not len(used):
        return NOBODY
    first, inverse = sessions.dense.number(cells[used])
    evidence = _evidence(rows, used // WIDTH, tables[used], inverse, len(first))
    items = cells[used[first]].astype(np.intp)
    three = evidence[[DIRECTED, ROW_VOTES, RECENT]]
    strength = (three / np.maximum(three.max(axis=1), 1e-12)[:, None]).sum(axis=0)
    if len(items) > MOST:
        kept = best_of(strength, MOST)
        return Neighbours(items[kept], evidence[:, kept], strength[kept])
    return Neighbours(items, evidence, strength)


def _evidence(rows: Rows, row: Ints, table: Ints, inverse: Ints, n: int) -> Floats:
    """Return the seven sums for each candidate. `row`, `table`, `inverse`: one entry for each cell gathered."""
    on_screen = (rows.steps == 0).astype(np.float64)[row]
    directed = (rows.weights * (1 - 0.1 * rows.steps))[row] * _DIRECTION[table]
    by_age = np.empty(len(rows.slots))
    by_age[np.argsort(rows.slots)[::-1]] = _RECENCY[: len(rows.slots)]
    contributions = (
        on_screen * _NEXT[table],
        on_screen * _AHEAD[table],
        on_screen * _BEHIND[table],
        (rows.weights * (np.arange(len(rows.slots)) < VOTING_ROWS))[row],
        directed,
        ((rows.steps > 0) * 0.7**rows.steps)[row] * _NEAR[table],
        directed * by_age[row],
    )
    return np.array([np.bincount(inverse, one, n) for one in contributions])


def best_of(values: Floats, most: int) -> Ints:
    """Return the places of the `most` highest values in ascending order; of equal ones at the edge the first.

    Not argpartition alone: which of equal values it keeps depends on the processor.
    """
    edge = np.partition(values, -most)[-most]
    above = np.flatnonzero(values > edge)
    equal = np.flatnonzero(values == edge)[: most - len(above)]
    return np.sort(np.concatenate([above, equal]))
