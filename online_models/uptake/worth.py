"""What an outcome is worth: the share of cards with it that were bought in the end, learnt and not typed in."""

from collections.abc import Mapping

from online_models.uptake.join import BUY, CART, CLICK, KINDS, SEEN
from stream.contracts.training import OutcomeCount


class Worth:
    """Counts, of shown items that are final, how many had each outcome and how many of these were bought."""

    def __init__(self, counts: Mapping[str, OutcomeCount] | None = None) -> None:
        self.counts = dict(counts or {})

    def count(self, heard: frozenset[str]) -> None:
        """Count one shown item with all that was heard of it; whatever was heard, it was seen."""
        for kind in KINDS:
            if kind in heard or kind == SEEN:
                before = self.counts.get(kind, OutcomeCount(0, 0))
                self.counts[kind] = OutcomeCount(before.n + 1, before.bought + (BUY in heard))


def worth_of(kind: str, counts: Mapping[str, OutcomeCount]) -> float:
    """Return P(bought in the end | `kind`), 1 for a purchase; Jeffreys' (bought + 1/2) / (n + 1), so 1/2 where nothing is known."""
    if kind == BUY:
        return 1.0
    found = counts.get(kind, OutcomeCount(0, 0))
    return (found.bought + 0.5) / (found.n + 1)


def worths(counts: Mapping[str, OutcomeCount]) -> dict[str, float]:
    """Return what a look, a click, a cart and a purchase are worth, in purchases."""
    return {kind: worth_of(kind, counts) for kind in (SEEN, CLICK, CART, BUY)}
