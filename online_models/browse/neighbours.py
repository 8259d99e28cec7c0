"""What other sessions did around the items of this one: evidence gathered from their rows, at the time of the question."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct

from online_models import native
from online_models.memory.dense import Ints
from online_models.memory.sessions import COLUMN, NOTHING, SHIFT, WIDTH, SessionMemory
from online_models.memory.sessions import Ints as Items
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
_FADED = np.array([1 - 0.1 * steps for steps in range(ANCHORS)])  # by steps
_PLACES = np.arange(ROWS)
_ROWS_EVER = 2.0**44  # more than there will ever be: times the votes of a row, below 2**8, this is a whole number yet


class Neighbours(Struct, frozen=True):
    """Candidates of all questions, question by question, with their evidence.

    `items`: (n,); `question`: (n,), the number of the one that each is for; `ends`: where each one's part begins and ends; `evidence`:
    float64 (5, n) in the order of EVIDENCES, each >= 0; `strength`: the two best, scaled, summed.
    """

    items: Ints
    question: Ints
    ends: Sequence[tuple[int, int]]
    evidence: Floats
    strength: Floats


NOTHING_THERE: Ints = np.empty(0, np.intp)


class Rows(Struct, frozen=True):
    """Rows that share an item with the session of a question, question by question, best first.

    `slots` of the rows; `columns` of the shared item that the session touched last; `steps` back to that item; `weights`: sum of
    1 - steps / 10 over the shared items; `question`: its number; `places` of the rows among those of their question.
    """

    slots: Ints
    columns: Ints
    steps: Ints
    weights: Floats
    question: Ints
    places: Ints


NO_ROWS = Rows(NOTHING_THERE, NOTHING_THERE, NOTHING_THERE, np.empty(0), NOTHING_THERE, NOTHING_THERE)


def around(
    sessions: SessionMemory, anchors: Sequence[Sequence[tuple[int, int]]], *, own: Ints, on_screen: Items, vocabulary: int
) -> Neighbours:
    """Return for each question the best `neighbours` in the rows that are `alike`; `on_screen`: its item, `vocabulary`: how many items."""
    if not native.COMPILED:
        return neighbours(sessions, alike(sessions, anchors, own), on_screen, vocabulary)
    asked = _asked(anchors)
    found = native.rows.neighbours(
        [sessions.postings.newest(item, POSTINGS) for _, _, item in asked],
        asked,
        own,
        on_screen,
        sessions.items,
        sessions.starts,
        _BY_OFFSET,
        _FADED,
        capacity=sessions.capacity,
        vocabulary=vocabulary,
        shift=SHIFT,
        rows_ever=_ROWS_EVER,
        rows=ROWS,
        voting=VOTING_ROWS,
        most=MOST,
    )
    return Neighbours(*found)


def _asked(anchors: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    """Return (question, steps back, item) of the anchors that look for neighbours."""
    return [(number, back, item) for number, of_one in enumerate(anchors) for back, item in of_one if back < ANCHORS]


def alike(sessions: SessionMemory, anchors: Sequence[Sequence[tuple[int, int]]], own: Ints) -> Rows:
    """Return the best 150 rows for each question; of equally good ones the newer first.

    Args:
        sessions: the rows of everybody.
        anchors: by question (steps back, item), newest first; those 10 or more steps back are left out.
        own: by question the running session, as `SessionMemory.start_of` gives it; its rows are left out.
    """
    asked = _asked(anchors)
    if not asked:
        return NO_ROWS
    found = [sessions.postings.newest(item, POSTINGS)[::-1] for _, _, item in asked]
    lengths, cells = list(map(len, found)), np.concatenate(found)
    question = np.array([number for number, _, _ in asked]).repeat(lengths)
    steps = np.array([back for _, back, _ in asked]).repeat(lengths)
    numbers = cells >> SHIFT
    slots = numbers & (sessions.capacity - 1)
    first, inverse = sessions.dense.number(question * sessions.capacity + slots, len(anchors) * sessions.capacity)
    votes = np.bincount(inverse, ANCHORS - steps, len(first))  # in tenths
    others = (sessions.starts.take(slots.take(first)) != own.take(question.take(first))).nonzero()[0]
    first, votes = first.take(others), votes.take(others)
    question = question.take(first)
    keys = votes * _ROWS_EVER + numbers.take(first)  # all distinct in a question: no tie is left to chance
    ends = ends_of(question, len(anchors))
    best = [_descending(keys[begin:end], ROWS) + begin for begin, end in ends]
    order, places = np.concatenate(best), np.concatenate([_PLACES[: len(one)] for one in best])
    first = first.take(order)
    return Rows(slots.take(first), cells.take(first) & COLUMN, steps.take(first), votes.take(order) / ANCHORS, question.take(order), places)


def neighbours(sessions: SessionMemory, rows: Rows, on_screen: Items, vocabulary: int) -> Neighbours:
    """Return for each question the 64 best items that stand in its `rows` beside the shared ones, without the one on screen."""
    items, row, offset = beside(sessions, rows.slots, rows.columns, on_screen.take(rows.question))
    if not len(items):
        return Neighbours(NOTHING_THERE, NOTHING_THERE, [(0, 0)] * len(on_screen), np.empty((len(EVIDENCES), 0)), np.empty(0))
    question = rows.question.take(row)
    first, inverse = sessions.dense.number(question * vocabulary + items, len(on_screen) * vocabulary)
    items, question = items.take(first), question.take(first)
    evidence = _evidence(rows, row, offset, inverse, len(first))
    voiced = evidence[ROW_VOTES:]  # and directed
    ends = ends_of(question, len(on_screen))
    scaled = voiced / np.maximum(of_each(np.maximum, voiced, ends), 1e-12)
    strength = scaled[1] + scaled[0]
    kept = np.concatenate([best_of(strength[begin:end], MOST) + begin for begin, end in ends])
    question = question.take(kept)
    ends = ends_of(question, len(on_screen))
    return Neighbours(items.take(kept), question, ends, evidence.take(kept, axis=1), strength.take(kept))


def beside(sessions: SessionMemory, slots: Ints, columns: Ints, on_screen: Items) -> tuple[Ints, Ints, Ints]:
    """Return the cells beside the shared ones, without the items on screen: the items, the places of their rows, and the offsets."""
    cells = sessions.items.take(slots, axis=0)
    flat = cells.reshape(-1)
    shared = np.arange(0, len(flat), WIDTH) + columns
    flat[shared] = NOTHING
    used = ((cells >= 0) & (cells != on_screen[:, None])).reshape(-1).nonzero()[0]
    row = used // WIDTH
    return flat.take(used).astype(np.intp), row, used - shared.take(row) + HERE


def _evidence(rows: Rows, row: Ints, offset: Ints, inverse: Ints, n: int) -> Floats:
    """Return the five sums for each candidate. `row`, `offset`, `inverse`: one entry for each cell gathered."""
    # What a cell gives is what its row gives times what its offset gives: one row of each table an evidence.
    by_row = np.empty((len(EVIDENCES), len(rows.slots)))
    by_row[:ROW_VOTES] = rows.steps == 0
    np.multiply(rows.weights, rows.places < VOTING_ROWS, out=by_row[ROW_VOTES])
    by_row[DIRECTED] = rows.weights * _FADED.take(rows.steps)
    given = by_row.take(row, axis=1)
    given *= _BY_OFFSET.take(offset, axis=1)
    return np.array([np.bincount(inverse, of_cells, n) for of_cells in given])


def ends_of(question: Ints, questions: int) -> list[tuple[int, int]]:
    """Return where each question's part of an array begins and ends; `question`: ascending."""
    if questions == 1:
        return [(0, len(question))]
    ends = question.searchsorted(np.arange(questions + 1)).tolist()
    return list(pairwise(ends))


def of_each(reduce: np.ufunc, values: Floats, ends: Sequence[tuple[int, int]]) -> Floats:
    """Return (k, n) what `reduce` makes of each question's part of `values` (k, n), at every place of that part.

    `reduceat` for a single question too: numpy's `reduce` adds in another order.
    """
    begins, lengths = zip(*[(begin, end - begin) for begin, end in ends if end > begin], strict=True)
    reduced: Floats = reduce.reduceat(values, begins, axis=1).repeat(lengths, axis=1)
    return reduced


def _descending(keys: Floats, most: int) -> Ints:
    """Return the places of the `most` highest keys, all distinct, the highest first."""
    if len(keys) <= most:
        return keys.argsort()[::-1]
    best = keys.argpartition(-most)[-most:]
    return best.take(keys.take(best).argsort()[::-1])


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
