"""The rows of the next-view table that every candidate has; see `browse.features`, which works out the same with numpy."""

from libc.math cimport fmax, log1p, sqrt
from libc.stdint cimport int32_t, int64_t

from online_models.heads import BROWSE

cdef enum:
    EVIDENCES = 5
    DIRECTED = 4
    SIZE = 64  # numbers of a company vector
    REACH = 5  # items whose vectors describe a session

cdef Py_ssize_t PART = BROWSE.features.index("part_adjacent")
cdef Py_ssize_t MOST = BROWSE.features.index("max_adjacent")
cdef Py_ssize_t LOGGED = BROWSE.features.index("log_adjacent")
cdef Py_ssize_t LOG_DIRECTED = BROWSE.features.index("log_directed")
cdef Py_ssize_t RANK = BROWSE.features.index("rank_directed")
cdef Py_ssize_t LIFT = BROWSE.features.index("lift_directed")
cdef Py_ssize_t IS_NEIGHBOUR = BROWSE.features.index("is_neighbour")
cdef Py_ssize_t POPULARITY = BROWSE.features.index("log_popularity")
cdef Py_ssize_t FRESH = BROWSE.features.index("log_fresh_popularity")
cdef Py_ssize_t AGE = BROWSE.features.index("log_age")
cdef Py_ssize_t TREND = BROWSE.features.index("trend")
cdef Py_ssize_t COSINE = BROWSE.features.index("cosine")
cdef Py_ssize_t SQUARED = BROWSE.features.index("cosine_squared")
cdef Py_ssize_t ON_SCREEN = BROWSE.features.index("cosine_on_screen")


def neighbour_rows(
    float[:, ::1] table,
    const int64_t[::1] near,
    const int64_t[::1] items,
    list ends,
    const double[:, ::1] evidence,
    const int64_t[::1] counts,
):
    """Fill the rows that neighbours fill; `near`: their places in the table, `counts`: of every item. O(n^2) for the ranks of a question."""
    cdef Py_ssize_t begin, end, i, j, e, at, rank
    cdef double total, most, directed
    for begin, end in ends:
        for e in range(EVIDENCES):
            total, most = 0.0, 1e-12
            for i in range(begin, end):
                total += evidence[e, i]
                most = fmax(most, evidence[e, i])
            total = 50 / fmax(total, 1e-12)
            for i in range(begin, end):
                table[PART + e, near[i]] = <float> log1p(evidence[e, i] * total)
                table[MOST + e, near[i]] = <float> (evidence[e, i] / most)
        for i in range(begin, end):
            at, directed, rank = near[i], evidence[DIRECTED, i], 0
            for j in range(begin, end):
                rank += evidence[DIRECTED, j] > directed or (evidence[DIRECTED, j] == directed and j < i)
            for e in range(LOG_DIRECTED - LOGGED):
                table[LOGGED + e, at] = <float> log1p(evidence[e, i])
            table[LOG_DIRECTED, at] = <float> log1p(directed)
            table[RANK, at] = <float> (1.0 / (1 + rank))
            table[LIFT, at] = <float> log1p(20 * directed / sqrt(<double> (counts[items[i]] + 1)))
            table[IS_NEIGHBOUR, at] = 1


def popularity_rows(
    float[:, ::1] table,
    const int64_t[::1] items,
    list ends,
    const int64_t[::1] now_ms,
    const int64_t[::1] counts,
    const int64_t[::1] last_ms,
    const int32_t[:, ::1] sums,
    const double[:, ::1] weights,
    const double[::1] steps,
    double slow,
):
    """Fill how much and how lately each is touched. `sums`: of `Popularity`, whose `decay` gives each question's `weights` and `steps`."""
    cdef Py_ssize_t question = 0, begin, end, i, k, item
    cdef double often, lively, fresh
    for begin, end in ends:
        for i in range(begin, end):
            item, fresh = items[i], 0.0
            for k in range(sums.shape[1]):
                fresh += sums[item, k] * weights[question, k]
            often, lively = log1p(<double> counts[item]), log1p(fresh / steps[question])
            table[POPULARITY, i], table[FRESH, i], table[TREND, i] = <float> often, <float> lively, <float> (lively - often)
            table[AGE, i] = <float> (log1p(fmax((now_ms[question] - last_ms[item]) / 1000.0, 0)) * slow)
        question += 1


def similarity_rows(
    float[:, ::1] table,
    const int64_t[::1] items,
    list ends,
    list near,
    const int32_t[:, ::1] vectors,
    const double[::1] squares,
):
    """Fill the cosines; `near`: (question, steps back, item) of what describes each session. Sums are of whole numbers, and so exact."""
    cdef Py_ssize_t question = 0, at = 0, begin, end, i, k, back, item
    cdef double session[SIZE]
    cdef double screen[SIZE]
    cdef double of_session, of_screen, weight, one, other
    for begin, end in ends:
        of_session = of_screen = 0.0
        for k in range(SIZE):
            session[k] = screen[k] = 0.0
        while at < len(near) and near[at][0] == question:
            _, back, item = near[at]
            weight = 1 << (REACH - 1 - back)
            for k in range(SIZE):
                session[k] += weight * vectors[item, k]
                screen[k] += (back == 0) * vectors[item, k]
            at += 1
        for k in range(SIZE):
            of_session += session[k] * session[k]
            of_screen += screen[k] * screen[k]
        for i in range(begin, end):
            item, one, other = items[i], 0.0, 0.0
            for k in range(SIZE):
                one += session[k] * vectors[item, k]
                other += screen[k] * vectors[item, k]
            one /= sqrt(fmax(of_session * squares[item], 1))
            other /= sqrt(fmax(of_screen * squares[item], 1))
            table[COSINE, i], table[SQUARED, i], table[ON_SCREEN, i] = <float> one, <float> (fmax(one, 0) * fmax(one, 0)), <float> other
        question += 1
