"""What other sessions did around the items of this one: evidence gathered from their rows, at the time of the question."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from online_models.memory.dense import Ints
from online_models.memory.sessions import COLUMN, NOTHING, SHIFT, WIDTH, SessionMemory
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
_BEGINS = np.arange(ROWS) * WIDTH  # of each row, in the flattened rows
_FADED = 1 - 0.1 * np.arange(ANCHORS)  # by steps
_ROWS_EVER = 2.0**44  # more than there will ever be: times the votes of a row, below 2**8, this is a whole number yet


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


NO_ROWS = Rows(NOBODY.items, NOBODY.items, NOBODY.items, NOBODY.strength)


def alike(sessions: SessionMemory, anchors: Sequence[tuple[int, int]], own: int) -> Rows:
    """Return the best 150 rows; of equally good ones the newer first.

    Args:
        sessions: the rows of everybody.
        anchors: (steps back, item), newest first; those 10 or more steps back are left out.
        own: the running session, as `SessionMemory.start_of` gives it; its rows are left out.
    """
    near = [(back, sessions.postings.newest(item, POSTINGS)[::-1]) for back, item in anchors if back < ANCHORS]
    if not near:
        return NO_ROWS
    cells = np.concatenate([cells for _, cells in near])
    steps = np.array([back for back, _ in near]).repeat([len(cells) for _, cells in near])
    numbers = cells >> SHIFT
    slots = numbers & (sessions.capacity - 1)
    first, inverse = sessions.dense.number(slots, sessions.capacity)
    votes = np.bincount(inverse, ANCHORS - steps, len(first))  # in tenths
    if own != NOTHING:
        others = (sessions.starts.take(slots.take(first)) != own).nonzero()[0]
        first, votes = first.take(others), votes.take(others)
    keys = votes * _ROWS_EVER + numbers.take(first)  # all distinct: no tie is left to chance
    if len(keys) > ROWS:
        best = keys.argpartition(-ROWS)[-ROWS:]
        first, votes, keys = first.take(best), votes.take(best), keys.take(best)
    order = keys.argsort()[::-1]
    first = first.take(order)
    return Rows(slots.take(first), cells.take(first) & COLUMN, steps.take(first), votes.take(order) / ANCHORS)


def neighbours(sessions: SessionMemory, rows: Rows, on_screen: int, vocabulary: int) -> Neighbours:
    """Return the 64 best items that stand in `rows` beside the shared ones, without the one on screen."""
    items, row, offset = beside(sessions, rows.slots, rows.columns, on_screen)
    if not len(items):
        return NOBODY
    first, inverse = sessions.dense.number(items, vocabulary)
    items = items.take(first)
    evidence = _evidence(rows, row, offset, inverse, len(first))
    voiced = evidence[ROW_VOTES:]  # and directed
    scaled = voiced / np.maximum(np.maximum.reduce(voiced, axis=1, keepdims=True), 1e-12)
    strength = scaled[1] + scaled[0]
    if len(items) > MOST:
        kept = best_of(strength, MOST)
        return Neighbours(items.take(kept), evidence.take(kept, axis=1), strength.take(kept))
    return Neighbours(items, evidence, strength)


def beside(sessions: SessionMemory, slots: Ints, columns: Ints, on_screen: int) -> tuple[Ints, Ints, Ints]:
    """Return the cells beside the shared ones, without the item on screen: the items, the places of their rows, and the offsets."""
    cells = sessions.items.take(slots, axis=0).reshape(-1)
    cells[_BEGINS[: len(slots)] + columns] = NOTHING
    used = ((cells >= 0) & (cells != on_screen)).nonzero()[0]
    row = ROW_OF.take(used)
    return cells.take(used).astype(np.intp), row, OFFSET_OF.take(used) - columns.take(row)


def _evidence(rows: Rows, row: Ints, offset: Ints, inverse: Ints, n: int) -> Floats:
    """Return the five sums for each candidate. `row`, `offset`, `inverse`: one entry for each cell gathered."""
    # What a cell gives is what its row gives times what its offset gives: one row of each table an evidence.
    by_row = np.empty((len(EVIDENCES), len(rows.slots)))
    by_row[:ROW_VOTES] = rows.steps == 0
    by_row[ROW_VOTES] = rows.weights
    by_row[ROW_VOTES, VOTING_ROWS:] = 0
    by_row[DIRECTED] = rows.weights * _FADED.take(rows.steps)
    given = by_row.take(row, axis=1)
    given *= _BY_OFFSET.take(offset, axis=1)
    return np.array([np.bincount(inverse, of_cells, n) for of_cells in given])


def best_of(values: Floats, most: int) -> Ints:
    """Return the places of the `most` highest values in ascending order; of equal ones at the edge the first.

    Not argpartition alone: which of equal values it keeps depends on the processor.
    """
    if len(values) <= most:
        return np.arange(len(values))
    ordered = values.copy()
    ordered.partition(-most)
    edge = ordered[-most]
    kept = values >= edge
    if surplus := np.count_nonzero(kept) - most:
        kept[(values == edge).nonzero()[0][-surplus:]] = False
    places: Ints = kept.nonzero()[0]
    return places
