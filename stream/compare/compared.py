"""What comes of a comparison: plain figures, as --json prints them."""

from msgspec import Struct

from online_models.counterfactual.estimates import Estimate
from online_models.counterfactual.support import Support


class Prices(Struct, frozen=True):
    """Of one list's cards in one currency, per piece. None where there is no such card.

    Attributes:
        cards: with a price, `mean` of them.
        compared: of these stand beside an item on screen whose price is known; `difference`: card less item, in the mean, so that it
            is what an upgrade costs more, and below 0 what an alternative saves.
        reduced: sets that cost less than their parts; `saving`: how much, in the mean.
    """

    cards: int
    mean: float | None
    compared: int
    difference: float | None
    reduced: int
    saving: float | None


class ListFigures(Struct, frozen=True):
    """Of one list: how often it `spoke`, with how many cards; `silent`: how often which rule kept it back; `prices` by currency.

    `p_uptake`: the mean forecast of the `forecast` cards that have one. The model is the policy's own: learnt in its replay from what was
    logged, so from those of its cards that were really shown.
    """

    spoke: int
    cards: int
    silent: dict[str, int]
    prices: dict[str, Prices]
    forecast: int
    p_uptake: float | None


class Against(Struct, frozen=True):
    """One policy beside the first: events by what was said, and cards by item of the items that only one of them shows.

    Attributes:
        same: both say the same lists with the same items in the same order.
        other: both speak, and differ.
        only_first: events at which only the first policy speaks.
        only_this: events at which only this one does.
        items_only_first: item -> cards, most first.
        items_only_this: likewise.
    """

    same: int
    other: int
    only_first: int
    only_this: int
    items_only_first: dict[str, int]
    items_only_this: dict[str, int]


class Uptake(Struct, frozen=True):
    """What the log tells of a policy's uptake at the places that were seen. `thin`: why it tells too little; then there is no figure.

    Attributes:
        beyond: cards that the policy puts where nothing was shown: no log can tell of them, and no figure here does.
        snips: the share taken up of its cards at those places.
        ips: taken up per card that was seen; what it leaves empty counts as not taken up.
        against: its SNIPS less that of the first policy.
    """

    support: Support
    beyond: int
    thin: tuple[str, ...]
    snips: Estimate | None
    ips: Estimate | None
    against: Estimate | None


class PolicyFigures(Struct, frozen=True):
    """One policy: at how many events it `spoke`, with how many `cards` of how many `items`. The first is compared with nothing."""

    name: str
    version: str
    spoke: int
    cards: int
    items: int
    lists: dict[str, ListFigures]
    against: Against | None
    uptake: Uptake | None


class LoggedFigures(Struct, frozen=True):
    """What the log holds of what was really shown. `missing`: why it tells nothing of uptake, and what to do.

    Attributes:
        suggestions: that were shown.
        seen: cards that were on screen, and whose occasion was replayed; `taken` of them were taken up, by `observed` as a share.
        unmatched: seen cards whose occasion was not replayed.
        damaged: records and cards that cannot be used.
    """

    suggestions: int
    seen: int
    taken: int
    observed: Estimate | None
    unmatched: int
    damaged: int
    missing: str | None


class Compared(Struct, frozen=True):
    """A comparison. Times in milliseconds since 1970 UTC, those of the records; `seconds` is how long it took; `events` were answered."""

    records: int
    first_ms: int | None
    last_ms: int | None
    events: int
    dead_letters: int
    seconds: float
    policies: tuple[PolicyFigures, ...]
    logged: LoggedFigures
