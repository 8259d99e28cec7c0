"""Newest-K sets: tuples sorted oldest first that keep their K newest members, whatever order those arrive in."""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Order = Callable[[T], Any]


def keep_newest(kept: Sequence[T], arriving: Iterable[T], order: Order[T], most: int) -> tuple[T, ...]:
    """Return the `most` newest of both, oldest first; `kept` is sorted by `order`, `arriving` need not be.

    With a total order this is the same for every order of arrival: what is dropped once stays beaten by `most` others.
    O(n) for n kept plus O(log n) comparisons an arrival; an arrival in order costs one comparison.
    """
    members = list(kept)
    for one in arriving:
        if not members or order(one) >= order(members[-1]):
            members.append(one)
        else:
            insort(members, one, key=order)
    return tuple(members[-most:])
