"""Of which suggestions all candidates are kept, so that it can be proved how they came about."""

from online_models.policy.balance import Audit
from online_models.policy.chance import below, drawn

NAME = "audit"


def in_sample(suggestion_id: str, audit: Audit) -> bool:
    """Return whether this suggestion is one of those; a replay, which gives the same ids, chooses the same. About 2 us."""
    return audit.share > 0 and drawn(NAME, suggestion_id) < below(audit.share)
