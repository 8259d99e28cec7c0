"""Who is shown nothing, so that the shop can see what suggestions earn."""

from online_models.policy.balance import Holdout
from online_models.policy.chance import below, drawn

NAME = "holdout"
SHOWN = "shown"


def held_out(customer: str, holdout: Holdout) -> bool:
    """Return whether the customer (a pseudonym) is one of those; for a name the answer never changes, and a larger share keeps them."""
    return holdout.share > 0 and drawn(NAME, holdout.name, customer) < below(holdout.share)


def experiment(holdout: Holdout) -> dict[str, str]:
    """Return what a suggestion says of the holdout; who gets one is not held out."""
    return {NAME: SHOWN} if holdout.share > 0 else {}
