"""Whether a log can tell of a policy at all: without enough cards in common no figure means anything."""

from collections.abc import Iterator

from msgspec import Struct

from online_models.counterfactual.tally import Tally

LEAST_EFFECTIVE = 100.0  # then no card has more than a tenth of all weight: largest / sum <= 1 / sqrt(effective)
LEAST_CUSTOMERS = 30  # with fewer clusters intervals come out too narrow
LEAST_TAKEN = 10  # the sum of fewer yeses is not nearly normal
LEAST_COVERED = 0.5  # of what the policy shows: of the rest nothing is known


class Support(Struct, frozen=True):
    """How much of what was seen tells of the new policy.

    Attributes:
        seen: cards that were seen, by `customers`; `taken` of them were taken up.
        weighted: cards that the new policy may show, too, by `customers_weighted`; `taken_weighted` of them were taken up.
        share: weighted / seen.
        effective: Kish's effective sample size.
        largest: the largest weight.
        clipped: how many weights were cut.
        covered: share of what the new policy puts at the seen places that the log can tell of.
    """

    seen: int
    customers: int
    taken: int
    weighted: int
    customers_weighted: int
    taken_weighted: int
    share: float
    effective: float
    largest: float
    clipped: int
    covered: float

    @classmethod
    def of(cls, tally: Tally) -> "Support":
        """Return the support of a tally. O(customers)."""
        return cls(
            tally.seen,
            len(tally.customers),
            tally.taken,
            tally.weighted,
            sum(sums.weight > 0 for sums in tally.customers.values()),
            tally.taken_weighted,
            tally.weighted / tally.seen if tally.seen else 0.0,
            tally.effective,
            tally.largest,
            tally.clipped,
            tally.covered,
        )

    def thin(self) -> tuple[str, ...]:
        """Return why no figure is to be believed, each reason a sentence's part with its figures; empty: there is enough."""
        return tuple(self._thin())

    def _thin(self) -> Iterator[str]:
        if self.effective < LEAST_EFFECTIVE:
            yield f"an effective sample of {self.effective:.0f} cards, at least {LEAST_EFFECTIVE:.0f} are needed"
        if self.customers_weighted < LEAST_CUSTOMERS:
            yield f"{self.customers_weighted} customers, at least {LEAST_CUSTOMERS} are needed"
        if self.taken_weighted < LEAST_TAKEN:
            yield f"{self.taken_weighted} cards taken up, at least {LEAST_TAKEN} are needed"
        if self.covered < LEAST_COVERED:
            yield f"the log tells of {self.covered:.0%} of what it would show at the seen places, at least {LEAST_COVERED:.0%} are needed"
