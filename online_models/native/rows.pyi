"""Types of `rows.pyx`."""

from collections.abc import Sequence

from online_models.memory.dense import Ints
from online_models.memory.sessions import Ints as Items
from online_models.memory.sessions import Times
from online_models.request import Floats

def neighbours(
    postings: Sequence[Times],
    asked: Sequence[tuple[int, int, int]],
    own: Ints,
    on_screen: Items,
    items: Items,
    starts: Times,
    by_offset: Floats,
    faded: Floats,
    *,
    capacity: int,
    vocabulary: int,
    shift: int,
    rows_ever: float,
    rows: int,
    voting: int,
    most: int,
) -> tuple[Ints, Ints, list[tuple[int, int]], Floats, Floats]: ...
def two_hop(
    postings: Sequence[Times],
    question: Ints,
    strength: Floats,
    own: Ints,
    on_screen: Items,
    items: Items,
    starts: Times,
    near: Floats,
    *,
    capacity: int,
    vocabulary: int,
    shift: int,
) -> tuple[Ints, Ints, Floats]: ...
