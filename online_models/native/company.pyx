"""Company vectors, kept up to date cell by cell."""

from libc.stdint cimport int8_t, int32_t

cdef enum:
    SIZE = 64


def met(const int32_t[::1] cells, int32_t[:, ::1] vectors, const int8_t[:, ::1] signs, double[::1] squares, const int32_t[:, ::1] pairs):
    """Add to each cell's item the signs of the others, as often as `pairs` (n, n) says, and measure it again; see `memory.similarity`."""
    cdef Py_ssize_t n = cells.shape[0], one, other, k
    cdef int32_t item, weight
    cdef double square
    for one in range(n):
        item = cells[one]
        for other in range(n):
            weight = pairs[one, other]
            if weight:
                for k in range(SIZE):
                    vectors[item, k] += weight * signs[cells[other], k]
    for one in range(n):
        item, square = cells[one], 0.0
        for k in range(SIZE):  # whole numbers: exact in any order
            square += <double> vectors[item, k] * vectors[item, k]
        squares[item] = square
