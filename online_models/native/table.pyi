"""Types of `table.pyx`."""

from collections.abc import Sequence

from online_models.memory.dense import Ints
from online_models.memory.sessions import Ints as Items
from online_models.memory.sessions import Times
from online_models.request import F32, Floats

Ends = Sequence[tuple[int, int]]

def neighbour_rows(table: F32, near: Ints, items: Ints, ends: Ends, evidence: Floats, counts: Times) -> None: ...
def popularity_rows(
    table: F32,
    items: Ints,
    ends: Ends,
    now_ms: Times,
    counts: Times,
    last_ms: Times,
    sums: Items,
    weights: Floats,
    steps: Floats,
    slow: float,
) -> None: ...
def similarity_rows(table: F32, items: Ints, ends: Ends, near: Sequence[tuple[int, int, int]], vectors: Items, squares: Floats) -> None: ...
