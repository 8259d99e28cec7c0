"""Scratch room that loops share: numbers met so far, and where.

Nothing here lets go of the interpreter lock, so that it has one user at a time.
"""

from libc.stdint cimport int32_t
from libc.stdlib cimport realloc
from libc.string cimport memset

cdef int32_t *_room = NULL
cdef Py_ssize_t _size = 0


cdef void *grown(void *room, Py_ssize_t *size, Py_ssize_t wanted, size_t of_one) except NULL:
    """Return `room`, or where its contents now are, with a place for `wanted` at least, and note in `size` for how many there is one."""
    cdef Py_ssize_t more = max(wanted, 2 * size[0], 1024)
    cdef void *larger = realloc(room, more * of_one)
    if larger == NULL:
        raise MemoryError
    size[0] = more
    return larger


cdef int32_t *room_for(Py_ssize_t numbers) except NULL:
    """Return a place for each number below `numbers`; all hold -1, as the caller leaves them again."""
    global _room
    if numbers > _size:
        _room = <int32_t *> grown(_room, &_size, numbers, sizeof(int32_t))
        memset(_room, 0xFF, _size * sizeof(int32_t))  # written to at once: pages that are touched only some day would look like a leak
    return _room
