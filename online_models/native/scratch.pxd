from libc.stdint cimport int32_t

cdef void *grown(void *room, Py_ssize_t *size, Py_ssize_t wanted, size_t of_one) except NULL
cdef int32_t *room_for(Py_ssize_t numbers) except NULL
