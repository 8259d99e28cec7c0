"""The loops over session rows: bit by bit what `browse.neighbours` and `browse.two_hop` work out with numpy."""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport qsort

import numpy as np

from online_models.native.scratch cimport grown, room_for

cdef enum:
    EVIDENCES = 5
    ROW_VOTES = 3
    DIRECTED = 4
    TENTHS = 10

cdef struct Row:
    double key  # the higher, the better
    int64_t cell
    int64_t votes
    int32_t steps

cdef struct Found:
    int64_t item
    double strength
    double evidence[EVIDENCES]

# Kept between calls, and grown when it is too small.
cdef Row *_rows = NULL
cdef Found *_found = NULL
cdef double *_values = NULL
cdef Py_ssize_t _row_room = 0, _found_room = 0, _value_room = 0


cdef int _make_room(Py_ssize_t rows, Py_ssize_t found) except -1:
    global _rows, _found, _values
    if rows > _row_room:
        _rows = <Row *> grown(_rows, &_row_room, rows, sizeof(Row))
    if found > _found_room:
        _found = <Found *> grown(_found, &_found_room, found, sizeof(Found))
    if max(rows, found) > _value_room:
        _values = <double *> grown(_values, &_value_room, max(rows, found), sizeof(double))
    return 0


cdef int _falling(const void *one, const void *other) noexcept nogil:
    cdef double difference = (<Row *> other).key - (<Row *> one).key
    return (difference > 0) - (difference < 0)


cdef double _edge(Py_ssize_t n, Py_ssize_t most) noexcept:
    """Return the lowest of the `most` highest of n > most `_values`, whose order is lost. O(n) on average; Hoare, CACM 4 (7), 1961."""
    cdef Py_ssize_t low = 0, high = n - 1, place = n - most, i, j
    cdef double pivot, held
    while low < high:
        pivot, i, j = _values[(low + high) >> 1], low, high
        while i <= j:
            while _values[i] < pivot:
                i += 1
            while _values[j] > pivot:
                j -= 1
            if i <= j:
                held, _values[i] = _values[i], _values[j]
                _values[j] = held
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            break
    return _values[place]


cdef Py_ssize_t _best_rows(Py_ssize_t n, Py_ssize_t most, double rows_ever, int shift) noexcept:
    """Put the `most` best of n rows, those with the highest votes, of equal ones the newer, first and in order; return their number."""
    cdef Py_ssize_t i, kept = 0
    cdef double edge
    for i in range(n):
        _rows[i].key = _values[i] = _rows[i].votes * rows_ever + (_rows[i].cell >> shift)
    if n > most:
        edge = _edge(n, most)
        for i in range(n):
            if _rows[i].key >= edge:  # all keys are distinct
                _rows[kept] = _rows[i]
                kept += 1
        n = kept
    qsort(_rows, n, sizeof(Row), _falling)
    return n


cdef Py_ssize_t _best_found(Py_ssize_t n, Py_ssize_t most) noexcept:
    """Leave the `most` strongest of n candidates, of equal ones at the edge the first, in the order in which they stand."""
    cdef Py_ssize_t i, kept = 0, at_edge = most
    cdef double edge
    if n <= most:
        return n
    for i in range(n):
        _values[i] = _found[i].strength
    edge = _edge(n, most)
    for i in range(n):
        at_edge -= _found[i].strength > edge
    for i in range(n):
        if _found[i].strength > edge or (_found[i].strength == edge and at_edge > 0):
            at_edge -= _found[i].strength == edge
            _found[kept] = _found[i]
            kept += 1
    return kept


def neighbours(
    list postings,
    list asked,
    const int64_t[::1] own,
    const int32_t[::1] on_screen,
    const int32_t[:, ::1] items,
    const int64_t[::1] starts,
    const double[:, ::1] by_offset,
    const double[::1] faded,
    *,
    int64_t capacity,
    Py_ssize_t vocabulary,
    int shift,
    double rows_ever,
    Py_ssize_t rows,
    Py_ssize_t voting,
    Py_ssize_t most,
):
    """Return (items, question, ends, evidence, strength) of each question's best neighbours.

    Args:
        postings: for each of `asked`, (question, steps back, item), question by question: the item's newest cells, ascending.
        own, on_screen: of each question. items, starts, capacity, shift: of the session memory.
        by_offset, faded, rows_ever, rows, voting, most: the tables and limits of `browse.neighbours`.
    """
    cdef Py_ssize_t questions = own.shape[0], width = items.shape[1], at = 0, n, m, e, i, column, shared, place, begin, question
    cdef Py_ssize_t total = 0, cells_read = 0
    cdef int64_t mask = (1 << shift) - 1, slot, item, cell
    cdef int32_t screen, steps
    cdef double first, vote, directed, most_votes, most_directed
    cdef const int64_t[::1] cells
    cdef int32_t *room = room_for(max(items.shape[0], vocabulary))
    cdef Found *one
    for found in postings:
        cells_read += len(found)
    _make_room(cells_read, rows * width)
    out_items, out_question = np.empty((2, questions * most), np.intp)
    out_evidence, out_strength, ends = np.empty((EVIDENCES, questions * most)), np.empty(questions * most), []
    cdef int64_t[::1] to_items = out_items, to_question = out_question
    cdef double[:, ::1] to_evidence = out_evidence
    cdef double[::1] to_strength = out_strength
    for question in range(questions):
        n, m, begin, screen = 0, 0, total, on_screen[question]
        while at < len(asked) and asked[at][0] == question:
            cells, steps = postings[at], asked[at][1]
            at += 1
            for i in range(cells.shape[0] - 1, -1, -1):  # newest first
                cell = cells[i]
                slot = (cell >> shift) & (capacity - 1)
                if starts[slot] == own[question]:
                    continue
                if room[slot] < 0:
                    room[slot] = n
                    _rows[n].cell, _rows[n].steps, _rows[n].votes = cell, steps, 0
                    n += 1
                _rows[room[slot]].votes += TENTHS - steps
        for i in range(n):
            room[(_rows[i].cell >> shift) & (capacity - 1)] = -1
        n = _best_rows(n, rows, rows_ever, shift)
        for place in range(n):
            slot, shared = (_rows[place].cell >> shift) & (capacity - 1), _rows[place].cell & mask
            first, directed = _rows[place].steps == 0, _rows[place].votes / <double> TENTHS
            vote, directed = directed * (place < voting), directed * faded[_rows[place].steps]
            for column in range(width):
                item = items[slot, column]
                if item < 0 or item == screen or column == shared:
                    continue
                if room[item] < 0:
                    room[item] = m
                    _found[m].item = item
                    for e in range(EVIDENCES):
                        _found[m].evidence[e] = 0.0
                    m += 1
                one, i = &_found[room[item]], column - shared + width - 1
                for e in range(ROW_VOTES):
                    one.evidence[e] += first * by_offset[e, i]
                one.evidence[ROW_VOTES] += vote * by_offset[ROW_VOTES, i]
                one.evidence[DIRECTED] += directed * by_offset[DIRECTED, i]
        most_votes = most_directed = 1e-12
        for i in range(m):
            room[_found[i].item] = -1
            most_votes, most_directed = max(most_votes, _found[i].evidence[ROW_VOTES]), max(most_directed, _found[i].evidence[DIRECTED])
        for i in range(m):
            _found[i].strength = _found[i].evidence[DIRECTED] / most_directed + _found[i].evidence[ROW_VOTES] / most_votes
        for i in range(_best_found(m, most)):
            to_items[total], to_question[total], to_strength[total] = _found[i].item, question, _found[i].strength
            for e in range(EVIDENCES):
                to_evidence[e, total] = _found[i].evidence[e]
            total += 1
        ends.append((begin, total))
    return out_items[:total], out_question[:total], ends, out_evidence[:, :total].copy(), out_strength[:total]


def two_hop(
    list postings,
    const int64_t[::1] question,
    const double[::1] strength,
    const int64_t[::1] own,
    const int32_t[::1] on_screen,
    const int32_t[:, ::1] items,
    const int64_t[::1] starts,
    const double[::1] near,
    *,
    int64_t capacity,
    Py_ssize_t vocabulary,
    int shift,
):
    """Return (items, question, weights) of what stands beside bridges, question by question.

    Args:
        postings: each bridge's newest cells, ascending. question, strength: of each bridge; questions ascending.
        near: what an offset weighs. own, on_screen, items, starts, capacity, shift: as in `neighbours`.
    """
    cdef Py_ssize_t width = items.shape[1], bridge, at = 0, i, column, n, shared, bridges = question.shape[0]
    cdef int64_t mask = (1 << shift) - 1, slot, item, asked
    cdef const int64_t[::1] cells
    cdef int32_t *room = room_for(vocabulary)
    cdef Py_ssize_t most = 0
    for found in postings:
        most += len(found)
    _make_room(0, most * width)
    out_items, out_question, out_weights = [], [], []
    while at < bridges:
        asked, n = question[at], 0
        while at < bridges and question[at] == asked:
            cells = postings[at]
            for i in range(cells.shape[0]):
                slot, shared = (cells[i] >> shift) & (capacity - 1), cells[i] & mask
                if starts[slot] == own[asked]:
                    continue
                for column in range(width):
                    item = items[slot, column]
                    if item < 0 or item == on_screen[asked] or column == shared:
                        continue
                    if room[item] < 0:
                        room[item] = n
                        _found[n].item, _found[n].strength = item, 0.0
                        n += 1
                    _found[room[item]].strength += strength[at] * near[column - shared + width - 1]
            at += 1
        for i in range(n):
            room[_found[i].item] = -1
            out_items.append(_found[i].item)
            out_question.append(asked)
            out_weights.append(_found[i].strength)
    return np.array(out_items, np.intp), np.array(out_question, np.intp), np.array(out_weights, np.float64)
