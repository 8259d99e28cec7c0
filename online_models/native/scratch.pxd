from libc.stdint cimport int32_t

cdef int32_t *room_for(Py_ssize_t numbers) except NULL
