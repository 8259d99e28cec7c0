"""What other sessions did around the items of this one: evidence gathered from their rows, at the time of the question."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from online_models.memory.dense import Ints
from online_models.memory.sessions import COLUMN, SHIFT, WIDTH, SessionMemory
from online_models.request import Floats

ANCHORS = 10  # newest items that look for neighbours
POSTINGS = 300  # newest cells read of each
ROWS = 150  # best rows that are gathered
VOTING_ROWS = 100  # of which so many count for `rows`
MOST = 64  # candidates kept
EVIDENCES = ("adjacent", "forward", "backward", "rows", "directed")
NEXT, ROW_VOTES, DIRECTED = 0, 3, 4

# Tables by offset from the shared item to another cell of its row, -19..19, shifted to begin at 0.
HERE = WIDTH - 1
_OFFSETS = np.arange(-HERE, WIDTH)
NEAR = (_OFFSETS != 0) / np.maximum(np.abs(_OFFSETS), 1)
_AHEAD = NEAR * (_OFFSETS > 0)
_BEHIND = NEAR * (_OFFSETS < 0)
_DIRECTION = _AHEAD + 0.6 * _BEHIND
_BY_OFFSET = np.array([_OFFSETS == 1, _AHEAD, _BEHIND, np.ones(len(_OFFSETS)), _DIRECTION])  # in the order of EVIDENCES
ROW_OF, _COLUMN_OF = np.divmod(np.arange(ROWS * WIDTH), WIDTH)  # by place in the flattened rows
OFFSET_OF = _COLUMN_OF + HERE  # less the shared item's column: index into the tables above
_VOTES = np.arange(ROWS) < VOTING_ROWS
_ROW_BITS = 44  # more rows than there will ever be


class Neighbours(Struct, frozen=True):
    """Candidates with their evidence: float64 (5, n) in the order of EVIDENCES, each >= 0. `strength`: the two best, scaled, summed."""

    items: Ints
    evidence: Floats
    strength: Floats


NOBODY = Neighbours(np.empty(0, np.intp), np.empty((len(EVIDENCES), 0)), np.empty(0))


class Rows(Struct, frozen=True):
    """Rows that share an item with the session, best first.

    `slots` of the rows; `columns` of the shared item that the session touched last; `steps` back to that item; `weights`: sum of
    1 - steps / 10 over the shared items.
    """

    slots: Ints
    columns: Ints
    steps: Ints
    weights: Floats


def alike(sessions: SessionMemory, anchors: Sequence[tuple[int, int]], own: int) -> Rows:
    """Return the best 150 rows; of equally good ones the newer first.

    Args:
        sessions: the rows of everybody.
        anchors: (steps back, item), newest first; those 10 or more steps back are left out.
        own: the running session, as `SessionMemory.start_of` gives it; its rows are left out.
    """
    found = [(back, sessions.postings.newest(item, POSTINGS)[::-1]) for back, item in anchors if back < ANCHORS]
    cells = np.concatenate([cells for _, cells in found]) if found else np.empty(0, np.int64)
    steps = np.array([back for back, _ in found], np.intp).repeat([len(cells) for _, cells in found])
    numbers = cells >> SHIFT
    slots = numbers & (sessions.capacity - 1)
    first, inverse = sessions.dense.number(slots, sessions.capacity)
    votes = np.bincount(inverse, ANCHORS - steps, len(first)).astype(np.int64)  # in tenths
    others = (sessions.starts.take(slots.take(first)) != own).nonzero()[0]
    first = first.take(others)
    keys = (votes.take(others) << _ROW_BITS) + numbers.take(first)  # all distinct: no tie is left to chance
    if len(keys) > ROWS:
        best = keys.argpartition(-ROWS)[-ROWS:]
        first, keys = first.take(best), keys.take(best)
    order = keys.argsort()[::-1]
    first = first.take(order)
    weights = (keys.take(order) >> _ROW_BITS) / ANCHORS
    return Rows(slots.take(first), cells.take(first) & COLUMN, steps.take(first), weights)


def neighbours(sessions: SessionMemory, rows: Rows, on_screen: int, vocabulary: int) -> Neighbours:
    """Return the 64 best items that stand in `rows` beside the shared ones, without the one on screen."""
    items, row, offset = beside(sessions, rows.slots, rows.columns, on_screen)
    if not len(items):
        return NOBODY
    first, inverse = sessions.dense.number(items, vocabulary)
    items = items.take(first)
    evidence = _evidence(rows, row, offset, inverse, len(first))
    strength = _scaled(evidence[DIRECTED]) + _scaled(evidence[ROW_VOTES])
    if len(items) > MOST:
        kept = best_of(strength, MOST)
        return Neighbours(items.take(kept), evidence.take(kept, axis=1), strength.take(kept))
    return Neighbours(items, evidence, strength)


def beside(sessions: SessionMemory, slots: Ints, columns: Ints, on_screen: int) -> tuple[Ints, Ints, Ints]:
    """Return the cells beside the shared ones, without the item on screen: the items, the places of their rows, and the offsets."""
    cells = sessions.items.take(slots, axis=0).reshape(-1)
    used = (cells >= 0).nonzero()[0]
    items, row = cells.take(used).astype(np.intp), ROW_OF.take(used)
    offset = OFFSET_OF.take(used) - columns.take(row)
    kept = ((offset != HERE) & (items != on_screen)).nonzero()[0]
    return items.take(kept), row.take(kept), offset.take(kept)


def _evidence(rows: Rows, row: Ints, offset: Ints, inverse: Ints, n: int) -> Floats:
    """Return the five sums for each candidate. `row`, `offset`, `inverse`: one entry for each cell gathered."""
    # What a cell gives is what its row gives times what its offset gives: one row of each table an evidence.
    by_row = np.empty((len(EVIDENCES), len(rows.slots)))
    by_row[:ROW_VOTES] = rows.steps == 0
    by_row[ROW_VOTES] = rows.weights * _VOTES[: len(rows.slots)]
    by_row[DIRECTED] = rows.weights * (1 - 0.1 * rows.steps)
    given = by_row.take(row, axis=1)
    given *= _BY_OFFSET.take(offset, axis=1)
    places = inverse + (np.arange(len(EVIDENCES)) * n)[:, None]
    sums: Floats = np.bincount(places.reshape(-1), given.reshape(-1), len(EVIDENCES) * n).astype(np.float64, copy=False)
    return sums.reshape(len(EVIDENCES), n)


def _scaled(values: Floats) -> Floats:
    scaled: Floats = values / max(values.max(), 1e-12)
    return scaled


def best_of(values: Floats, most: int) -> Ints:
    """Return the places of the `most` highest values in ascending order; of equal ones at the edge the first.

    Not argpartition alone: which of equal values it keeps depends on the processor.
    """
    if len(values) <= most:
        return np.arange(len(values))
    ordered = values.copy()
    ordered.partition(-most)
    edge = ordered[-most]
    kept = values > edge
    equal = (values == edge).nonzero()[0]
    kept[equal[: most - int(kept.sum())]] = True
    places: Ints = kept.nonzero()[0]
    return places
