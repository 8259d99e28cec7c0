"""A shop whose truth is known: customers who differ, a place that chance fills, and how likely each item is taken up."""

from collections.abc import Sequence

import numpy as np

from online_models.counterfactual.tally import Tally

LOGGED = (0.55, 0.15, 0.15, 0.15)  # the probability of each of four items at the place
WANTED = (0.10, 0.60, 0.20, 0.10)
TAKEN = (0.05, 0.15, 0.10, 0.02)  # how likely each is taken up
TRUTH = 0.10 * 0.05 + 0.60 * 0.15 + 0.20 * 0.10 + 0.10 * 0.02  # 0.117
OWN = 0.5  # how much customers differ: each one's chances are multiplied by 1 - 0.5 .. 1 + 0.5


def a_log(
    seed: int,
    *,
    customers: int = 150,
    cards: tuple[int, int] = (1, 20),
    wanted: Sequence[float] = WANTED,
    clip: float | None = None,
) -> Tally:
    """Return the tally of a log: each customer sees `cards` (least, most) cards, by LOGGED, weighted for the policy `wanted`."""
    chance = np.random.default_rng(seed)
    tally = Tally(clip=clip)
    for number in range(customers):
        likes = chance.uniform(1 - OWN, 1 + OWN)
        for item in chance.choice(len(LOGGED), size=chance.integers(*cards, endpoint=True), p=LOGGED):
            tally.add(f"c{number}", wanted[item] / LOGGED[item], taken=bool(chance.random() < likes * TAKEN[item]))
    return tally
