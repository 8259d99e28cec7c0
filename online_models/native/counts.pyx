"""Numbering and counting items."""

from libc.stdint cimport int32_t, int64_t, uint64_t

import numpy as np

from online_models.native.scratch cimport room_for

cdef enum:
    MOST = 64  # rows whose visits are counted: a bit each


def numbered(const int64_t[::1] question, const int64_t[::1] values, Py_ssize_t questions, Py_ssize_t size):
    """Return (first, places, ends): see `browse.candidates`. `size`: more than the largest value."""
    cdef Py_ssize_t n = values.shape[0], i, q, at = 0, begin, total = 0
    cdef int32_t *room = room_for(size)
    out_first, out_places, out_order = np.empty((3, n), np.intp)
    out_stops, ends = np.zeros(questions + 1, np.intp), []
    cdef int64_t[::1] first = out_first, places = out_places, order = out_order, stops = out_stops
    for i in range(n):
        stops[question[i] + 1] += 1
    for q in range(questions):
        stops[q + 1] += stops[q]
    for i in range(n):
        order[stops[question[i]]] = i
        stops[question[i]] += 1  # at last where the question ends
    for q in range(questions):
        begin = total
        for i in range(at, stops[q]):
            if room[values[order[i]]] < 0:
                room[values[order[i]]] = total
                first[total] = order[i]
                total += 1
            places[order[i]] = room[values[order[i]]]
        for i in range(at, stops[q]):
            room[values[order[i]]] = -1
        at = stops[q]
        ends.append((begin, total))
    return out_first[:total], out_places, ends


def visits_with(
    const int64_t[::1] slots,
    const int32_t[:, ::1] items,
    const int64_t[::1] starts,
    int64_t own,
    list numbers,
    Py_ssize_t size,
):
    """Return in how many visits, of the rows in `slots`, each of the items stands; see `lists.evidence`.

    `numbers`: of distinct items, -1 for one that is not known; `size`: more than any item's number. Raises ValueError for more than 64
    rows.
    """
    cdef Py_ssize_t n = len(numbers), i, row, column, visit, visits = 0
    cdef int64_t item, start
    cdef int64_t seen[MOST]
    out_held = np.zeros(n, np.uint64)
    cdef uint64_t[::1] held = out_held
    cdef int32_t *room = room_for(size)
    if slots.shape[0] > MOST:
        raise ValueError(f"{slots.shape[0]} rows: {MOST} are the most")
    for i in range(n):
        item = numbers[i]
        if item >= 0:
            room[item] = i
    for row in range(slots.shape[0]):
        start, visit = starts[slots[row]], 0
        if start == own:
            continue
        while visit < visits and seen[visit] != start:
            visit += 1
        if visit == visits:
            seen[visits] = start
            visits += 1
        for column in range(items.shape[1]):
            item = items[slots[row], column]
            if item >= 0 and room[item] >= 0:
                held[room[item]] |= <uint64_t> 1 << visit
    counts = []
    for i in range(n):
        item, visits = numbers[i], 0
        if item >= 0:
            room[item] = -1
        while held[i]:
            held[i] &= held[i] - 1
            visits += 1
        counts.append(visits)
    return counts
