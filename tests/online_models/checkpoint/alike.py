"""Whether two memories are alike down to every number that they hold."""

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np

from online_models.memory.dense import Dense
from online_models.memory.postings import Postings
from online_models.memory.shared import SharedMemory


def unlike(one: SharedMemory, other: SharedMemory) -> list[str]:
    """Return where they differ, by attribute; order within dicts and spare room of arrays that grow by item are no difference."""
    return list(_unlike("memory", one, other, set()))


def _unlike(path: str, one: Any, other: Any, seen: set[int]) -> Iterator[str]:
    if type(one) is not type(other):
        yield f"{path}: {type(one).__name__} and {type(other).__name__}"
    elif isinstance(one, np.ndarray):
        if (one.dtype, one.shape, one.tobytes()) != (other.dtype, other.shape, other.tobytes()):
            yield f"{path}: {one.dtype} {one.shape} and {other.dtype} {other.shape}"
        if not other.flags.writeable:
            yield f"{path}: cannot be written to"
    elif isinstance(one, (int, float, str, set, array, type(None))):
        if one != other:
            yield f"{path}: {one} and {other}"
    elif isinstance(one, dict):
        if one.keys() != other.keys():
            yield f"{path}: keys {one.keys() ^ other.keys()}"
        for key in one.keys() & other.keys():
            yield from _unlike(f"{path}[{key!r}]", one[key], other[key], seen)
    elif isinstance(one, (list, tuple)):
        if len(one) != len(other):
            yield f"{path}: {len(one)} and {len(other)} entries"
        for number, pair in enumerate(zip(one, other, strict=False)):
            yield from _unlike(f"{path}[{number}]", *pair, seen)
    elif isinstance(one, Postings):
        held, others = ([postings.all(item) for item in range(len(postings._cells))] for postings in (one, other))
        yield from _unlike(path, held, others, seen)
    elif not isinstance(one, Dense) and id(one) not in seen:  # scratch room; and parts that know each other
        seen.add(id(one))
        names = getattr(one, "__slots__", None) or vars(one)
        for name in names:
            yield from _unlike(f"{path}.{name}", getattr(one, name), getattr(other, name), seen)
