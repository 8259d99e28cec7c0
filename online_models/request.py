"""A question to the rankers and its answer."""

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Task = Literal["browse", "basket", "accessory", "upgrade"]
Mode = Literal["mixed", "discover"]
Floats = NDArray[np.float64]
F32 = NDArray[np.float32]


class Request(Struct, frozen=True):
    """What is asked: candidates of `task` for `anchors`.

    `anchors`: browse: the session's distinct items, newest (on screen) first; basket: the cart's distinct items;
    accessory: the one item that it is about, then the session's others, newest first; upgrade: the one item.
    `category`: of the first anchor, as its event names it; the memory learns it only afterwards.
    `barred` are never candidates (the engine also bars what policy forbids).
    `session` is the shared memory's key of the running session, whose own rows are no evidence. `seen_only`: the catalogue adds no
    candidates of which no event was ever seen.
    """

    task: Task
    anchors: tuple[str, ...]
    mode: Mode = "mixed"
    barred: frozenset[str] = frozenset()
    session: str = ""
    k: int = 20
    seen_only: bool = False
    category: str | None = None


class Ranked(Struct, frozen=True):
    """The answer: all n candidates, best first, and what the learner needs of them. Never changed after it was made.

    `features`: float32 (n, d) in the order of the head's feature names; `scores`: float64 (n,), descending;
    `sources`: for the first `k` what brought each candidate, e.g. {"neighbours": 3.2}; evidence for reasons.
    """

    head: str
    bucket: int
    items: tuple[str, ...]
    scores: Floats
    features: F32
    sources: tuple[dict[str, float], ...] = ()

    def top(self, k: int) -> list[tuple[str, float]]:
        """Return the k best as (item, score)."""
        return list(zip(self.items[:k], self.scores[:k].tolist(), strict=False))
