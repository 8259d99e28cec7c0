"""Types of `counts.pyx`."""

from collections.abc import Sequence

from online_models.memory.dense import Ints
from online_models.memory.sessions import Ints as Items
from online_models.memory.sessions import Times

def numbered(question: Ints, values: Ints, questions: int, size: int) -> tuple[Ints, Ints, list[tuple[int, int]]]: ...
def visits_with(slots: Times, items: Items, starts: Times, own: int, numbers: Sequence[int], size: int) -> list[int]: ...
