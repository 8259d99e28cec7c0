"""The order in which a list is shown: its scores, moved by campaigns and margin, and thinned out by variety."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import sqrt


def worths(scores: Sequence[float], lifts: Sequence[float]) -> list[float]:
    """Return what each candidate is worth: its score + its lift x the standard deviation of the scores.

    Args:
        scores: best first, as the list has them; they may come from several heads, so they are cut to fall: without a lift the
            list's own order stays.
        lifts: in standard deviations, >= 0.
    Returns: in the order of `scores`. Where all scores are alike, a lift counts as it is. O(n).
    """
    falling = list(accumulate(scores, min))
    if not any(lifts):
        return falling
    mean = sum(falling) / len(falling)
    spread = sqrt(sum((score - mean) ** 2 for score in falling) / len(falling)) if falling[0] > falling[-1] else 1.0
    return [score + lift * spread for score, lift in zip(falling, lifts, strict=True)]


def order(worth: Sequence[float], groups: Sequence[str | None], *, weight: float, places: int) -> list[int]:
    """Return all candidates, by their place in `worth`: the first `places` by maximal marginal relevance, the rest by worth.

    The next one is the candidate with the highest (1 - weight) x relevance - weight x (how many of its group were taken already);
    relevance is the worth, drawn to 0 .. 1. Of equal ones the first in the list wins. The nth of a group is thus taken before one
    of another group only while (1 - weight) > weight x (n - 1) can hold: with weight > 1/4 never a fourth.

    Args:
        worth: of n candidates.
        groups: what each is one of (its leaf category); None: of nothing, so it resembles no other.
        weight: 0 .. 1; 0 gives the order of worth.
        places: how many are shown.
    Returns: n places. O(places x n).
    Source: Carbonell and Goldstein, "The Use of MMR", SIGIR 1998, with the sum of the similarities to what was taken instead of their
    maximum: the maximum does not tell a second of a kind from a fourth.
    """
    rest = sorted(range(len(worth)), key=lambda at: -worth[at])
    if not weight or len(set(groups)) < 2:
        return rest
    least, range_ = worth[rest[-1]], worth[rest[0]] - worth[rest[-1]] or 1.0
    taken: list[int] = []
    met: Counter[str | None] = Counter()
    while rest and len(taken) < places:
        gains = [(1 - weight) * (worth[at] - least) / range_ - weight * met[groups[at]] for at in rest]
        best = rest.pop(gains.index(max(gains)))
        taken.append(best)
        if groups[best] is not None:
            met[groups[best]] += 1
    return taken + rest
