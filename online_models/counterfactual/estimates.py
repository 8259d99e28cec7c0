"""IPS and SNIPS with intervals that know that a customer's cards belong together.

Intervals are linearised and clustered: each customer is one observation, whose share in the estimate's error is taken to the first order
(the delta method for a ratio of sums), so that nothing is assumed of how the cards of one customer depend on each other. A bootstrap of
customers comes to the same where the sums are nearly normal, costs a thousand times as much, and would need a seed.
Source: Liang and Zeger, "Longitudinal Data Analysis Using Generalized Linear Models", Biometrika 1986; for a ratio Cochran,
"Sampling Techniques", 1977, section 6.3; with C / (C - 1) and Student's t, Cameron and Miller, "A Practitioner's Guide to
Cluster-Robust Inference", 2015, section VI.
"""

from math import sqrt
from statistics import NormalDist

import numpy as np
from msgspec import Struct

from online_models.counterfactual.tally import Tally
from online_models.request import Floats

CONFIDENCE = 0.95


class Estimate(Struct, frozen=True):
    """A share, 0 .. 1 (IPS may be above; a difference is -1 .. 1), and the 95 % interval around it."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Return whether the value lies in the interval."""
        return self.low <= value <= self.high


def observed(tally: Tally) -> Estimate | None:
    """Return the share of the seen cards that were taken up, under the policy that showed them; only of a tally whose weights are 1."""
    return ips(tally)


def ips(tally: Tally) -> Estimate | None:
    """Return how much is taken up, under the new policy, per card that was seen; None without a card.

    sum(weight x taken) / n, over the n seen cards: without bias where the logged policy may show all that the new one does. What the new
    policy leaves empty counts as not taken up; what the log cannot tell of is missing, so that then it is too low. O(customers).
    Source: Horvitz and Thompson, "A Generalization of Sampling Without Replacement", JASA 1952.
    """
    seen, _, taken = tally.columns()
    return _ratio(taken, seen, most=None)


def snips(tally: Tally) -> Estimate | None:
    """Return the share taken up of the cards that the new policy shows and the log tells of; None where no card has weight.

    sum(weight x taken) / sum(weight): 0 .. 1, not changed when all weights are multiplied, and of smaller variance than IPS; its bias is of
    the order of 1 / effective sample size. O(customers).
    Source: Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NeurIPS 2015.
    """
    _, weight, taken = tally.columns()
    return _ratio(taken, weight, most=1.0)


def difference(ours: Tally, theirs: Tally) -> Estimate | None:
    """Return the SNIPS of `ours` less that of `theirs`, which hold the same cards; None where either has none.

    The two are of the same customers, so that what they have in common falls out of the interval. O(customers).

    Raises:
        ValueError: they are not of the same customers.
    """
    if list(ours.customers) != list(theirs.customers):
        raise ValueError("the tallies are of different customers: add every card to both, in the same order")
    (_, weight, taken), (_, other_weight, other_taken) = ours.columns(), theirs.columns()
    if not weight.sum() or not other_weight.sum():
        return None
    value, errors = _linearised(taken, weight)
    other, other_errors = _linearised(other_taken, other_weight)
    half = _half(errors - other_errors, int(np.count_nonzero(weight + other_weight)))
    return Estimate(value - other, max(value - other - half, -1.0), min(value - other + half, 1.0))


def student_t(freedom: int) -> float:
    """Return the quantile of Student's t that 2.5 % lie above; within 0.002 from 4 degrees of freedom on, wide below.

    Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5.
    """
    z, n = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), float(max(freedom, 1))
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92_160 * n**4)
    )


def _ratio(taken: Floats, of: Floats, *, most: float | None) -> Estimate | None:
    if not of.sum():
        return None
    value, errors = _linearised(taken, of)
    half = _half(errors, int(np.count_nonzero(of)))
    return Estimate(value, max(value - half, 0.0), value + half if most is None else min(value + half, most))


def _linearised(taken: Floats, of: Floats) -> tuple[float, Floats]:
    """Return sum(taken) / sum(of), and each customer's share in its error (n,)."""
    total = float(of.sum())
    value = float(taken.sum()) / total
    return value, (taken - value * of) / total


def _half(errors: Floats, customers: int) -> float:
    """Return half of the interval's width; of one customer alone nothing is known."""
    if customers < 2:
        return float("inf")
    return student_t(customers - 1) * sqrt(customers / (customers - 1) * float(errors @ errors))
