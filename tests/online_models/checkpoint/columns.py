"""Pieces put together, as whoever reads a checkpoint gets them."""

from collections import defaultdict

import numpy as np

from online_models.checkpoint.columns import Array
from online_models.checkpoint.shared import memory_of, pieces_of, windows_of
from online_models.memory.shared import SharedMemory


def columns_of(memory: SharedMemory) -> dict[str, Array]:
    """Return a memory's columns, which nobody can write to, as those of a file."""
    found: defaultdict[str, list[Array]] = defaultdict(list)
    for column, rows in pieces_of(memory):
        found[column].append(rows)
    columns = {column: np.concatenate(rows) for column, rows in found.items()}
    for array in columns.values():
        array.flags.writeable = False
    return columns


def restored(memory: SharedMemory) -> SharedMemory:
    """Return the memory as it comes out of a checkpoint."""
    return memory_of(columns_of(memory), windows_of(memory))
