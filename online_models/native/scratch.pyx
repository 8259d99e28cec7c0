"""Scratch room that loops share: numbers met so far, and where.

Nothing here lets go of the interpreter lock, so that it has one user at a time.
"""

from libc.stdint cimport int32_t
from libc.stdlib cimport realloc
from libc.string cimport memset

cdef int32_t *_room = NULL
cdef Py_ssize_t _size = 0


cdef int32_t *room_for(Py_ssize_t numbers) except NULL:
    """Return a place for each number below `numbers`; all hold -1, as the caller leaves them again."""
    global _room, _size
    cdef Py_ssize_t wanted
    cdef int32_t *grown
    if numbers > _size:
        wanted = max(numbers, 2 * _size, 1024)
        grown = <int32_t *> realloc(_room, wanted * sizeof(int32_t))
        if grown == NULL:
            raise MemoryError
        memset(grown, 0xFF, wanted * sizeof(int32_t))  # written to at once: pages that are touched only some day would look like a leak
        _room, _size = grown, wanted
    return _room
