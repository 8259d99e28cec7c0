"""What an evaluation found, in the form in which it is printed."""

import gc
import sys
from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from online_models.memory.shared import SharedMemory

Figures = dict[str, float]
More = dict[str, Figures | int | str]
MIB = 1024 * 1024


class Curves(Struct, frozen=True):
    """The questions that counted, in their order: when each was asked, and, by ranker, whether it was answered rightly."""

    at_ms: list[int]
    hits: dict[str, list[bool]]


class Report(Struct, frozen=True):
    """One run of one protocol. `metrics` and `baselines` hold e.g. "hr@20"; times are of this machine, everything else is not.

    `memory_mib`: what the shared memory holds at the end, arrays and objects (`size_mib`); profiles are not in it.
    `lines`: events or basket lines that it retains (`lines_in`). `ablated`: sources of evidence that were left out.
    """

    protocol: str
    n: int
    metrics: Figures
    baselines: dict[str, Figures]
    events: int
    items: int
    recommend_us: Figures
    learn_us: Figures
    memory_mib: float
    more: More = {}
    lines: int = 0
    ablated: tuple[str, ...] = ()
    curves: Curves | None = None

    def as_json(self) -> dict[str, object]:
        """Return the report as one flat object, metrics beside the counts; the curves are left out."""
        return {
            "protocol": self.protocol,
            "n": self.n,
            **self.metrics,
            **self.more,
            "events": self.events,
            "items": self.items,
            "recommend_us": self.recommend_us,
            "learn_us": self.learn_us,
            "memory_mib": self.memory_mib,
            "lines": self.lines,
            "ablated": list(self.ablated),
            "baselines": self.baselines,
        }


def lines_in(memory: SharedMemory) -> int:
    """Return how many events or basket lines the memory retains. A purchase stands in both windows and counts once."""
    return int(max(memory.sessions.lengths.sum(), memory.baskets.lengths.sum()))


def size_mib(thing: object, *, digits: int = 2) -> float:
    """Return what `thing` and all that it alone refers to takes in memory, in MiB. Slow: it walks every object."""
    seen: set[int] = set()
    waiting, total = [thing], 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type) or callable(one):
            continue
        seen.add(id(one))
        total += one.nbytes if isinstance(one, np.ndarray) and one.base is None else sys.getsizeof(one)
        waiting += _parts(one)
    return round(total / MIB, digits)


def _parts(one: object) -> list[object]:
    if isinstance(one, np.ndarray):
        return [one.base] if one.base is not None else []
    if isinstance(one, Mapping):
        return [*one.keys(), *one.values()]
    if isinstance(one, list | tuple | set | frozenset):
        return list(one)
    return [part for part in gc.get_referents(one) if not isinstance(part, type)]
