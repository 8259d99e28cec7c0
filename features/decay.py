"""Forward decay in whole numbers: what a customer cares for by category, and the price that is usual for him there.

An event at `t` weighs 2^(t / H) against a landmark in the past, so its weight never changes; only reading scales to now. The
exponent's whole part is the epoch, and each epoch has its own integer sums: adding is exact, hence the order of arrival is free.

Source: Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009,
exponential case; landmarks a half-life apart, in fixed point.
"""

from collections.abc import Iterable
from math import exp, log
from operator import attrgetter

from features.newest import keep_newest
from features.profile import MAX_CATEGORIES, Spend

HALF_LIFE_MS = 30 * 24 * 60 * 60 * 1000
MAX_EPOCHS = 4  # what is older weighs less than 1/8 of the same event now
ONE = 1 << 16  # weight of an event at the start of an epoch
PER_LN = 1_000  # ln price is kept to a thousandth: 0.1 % of the price

_by_time = attrgetter("last_ms", "category")
Epoch = tuple[int, int, int]


def spent(spend: tuple[Spend, ...], category: str, price: float, at_ms: int, *, times: int, half_life_ms: int) -> tuple[Spend, ...]:
    """Return `spend` with one item of `category` at `price` > 0 counted, `times` the weight of a mere view."""
    epoch, rest_ms = divmod(at_ms, half_life_ms)
    weight = round(ONE * 2 ** (rest_ms / half_life_ms)) * times
    added = (epoch, weight, weight * round(PER_LN * log(price)))
    last_ms = at_ms
    epochs: tuple[Epoch, ...] = (added,)
    for place, known in enumerate(spend):
        if known.category == category:
            spend = spend[:place] + spend[place + 1 :]
            last_ms = max(at_ms, known.last_ms)
            epochs = _summed(known.epochs, added)
            break
    return keep_newest(spend, (Spend(category, last_ms, epochs),), _by_time, MAX_CATEGORIES)


def _summed(epochs: tuple[Epoch, ...], added: Epoch) -> tuple[Epoch, ...]:
    newest = epochs[-1]
    if newest[0] == added[0]:
        return (*epochs[:-1], (newest[0], newest[1] + added[1], newest[2] + added[2]))
    sums = {number: (weight, priced) for number, weight, priced in epochs}
    weight, priced = sums.get(added[0], (0, 0))
    sums[added[0]] = (weight + added[1], priced + added[2])
    return tuple((number, *sums[number]) for number in sorted(sums)[-MAX_EPOCHS:])


def weight(spend: Spend, now_ms: int, *, half_life_ms: int = HALF_LIFE_MS) -> float:
    """Return the decayed weight of one category as of `now_ms`, in views made now."""
    return _sums(spend, now_ms / half_life_ms)[0]


def affinity(spend: Iterable[Spend], now_ms: int, *, half_life_ms: int = HALF_LIFE_MS) -> dict[str, float]:
    """Return each category's decayed weight as of `now_ms`, in views made now; the longest untouched category first."""
    return {one.category: weight(one, now_ms, half_life_ms=half_life_ms) for one in spend}


def usual_price(spend: Iterable[Spend], now_ms: int, *, category: str | None = None, half_life_ms: int = HALF_LIFE_MS) -> float | None:
    """Return the decayed geometric mean of the prices dealt with, of one category or of all; None where none is known.

    Prices are as the events gave them: a shop of several currencies reads this within one.
    """
    sums = [_sums(one, now_ms / half_life_ms) for one in spend if category is None or one.category == category]
    total = sum(part[0] for part in sums)
    return exp(sum(part[1] for part in sums) / total) if total else None


def _sums(spend: Spend, now: float) -> tuple[float, float]:
    """Return (weight, weight * ln price) of one category, `now` in half-lives since 1970."""
    scales = [2 ** (number - now) / ONE for number, _, _ in spend.epochs]
    weights = sum(scale * one[1] for scale, one in zip(scales, spend.epochs, strict=True))
    return weights, sum(scale * one[2] for scale, one in zip(scales, spend.epochs, strict=True)) / PER_LN
