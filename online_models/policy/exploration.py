"""One place of a list left to chance, with the exact probability of what stands in it."""

from online_models.policy.balance import Exploration
from online_models.policy.chance import below, drawn


def chances(rest: int, exploration: Exploration) -> tuple[float, float]:
    """Return with which probability the last place is its owner's, and each one's of the first min(rest, among) next candidates."""
    n = min(rest, exploration.among)
    if not n or not exploration.share:
        return 1.0, 0.0
    return 1.0 - exploration.share, exploration.share / n


def last_place(customer: str, event_id: str, list_id: str, rest: int, exploration: Exploration) -> tuple[int | None, float]:
    """Return who takes the last place, and with which probability: None its owner, else a place among the `rest` next candidates.

    With n = min(rest, among) > 0 candidates, each of them stands there with share / n, the owner with 1 - share; without any the
    owner stands there for certain. All other places are certain given the candidates. The draw is a hash of customer, event and
    list: the same question has the same answer, so what is computed again after a crash shows the same.

    Below the bound the hash is uniform too, so that it also says which one of the n: n equal parts of share x 2^64.
    """
    owner, each = chances(rest, exploration)
    if not each:
        return None, 1.0
    bound, fell = below(exploration.share), drawn("exploration", customer, event_id, list_id)
    if fell >= bound:
        return None, owner
    return fell * min(rest, exploration.among) // bound, each
