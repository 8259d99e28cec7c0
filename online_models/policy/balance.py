"""What the policy weighs beside the customer's taste: variety, margin, and what is left to chance so that it can be measured."""

from typing import Annotated

from msgspec import Meta, Struct

Part = Annotated[float, Meta(ge=0, le=1)]


class Diversity(Struct, frozen=True, forbid_unknown_fields=True):
    """How much a list avoids items of one leaf category, 0 .. 1; 0 leaves it as the ranker has it.

    Above 0.25 a list of four never is of one category while it has others to choose from: see `rerank.order`.
    """

    weight: Part = 0.3


class Margin(Struct, frozen=True, forbid_unknown_fields=True):
    """How many standard deviations of a list's scores a margin of 1 (the catalogue's `margin`, 0 .. 1) is worth; 0: nothing."""

    weight: Annotated[float, Meta(ge=0, le=100)] = 0.0


class Exploration(Struct, frozen=True, forbid_unknown_fields=True):
    """The share of lists whose last place goes to one of the `among` next candidates, each as likely as the other."""

    share: Part = 0.0
    among: Annotated[int, Meta(ge=1, le=20)] = 8


class Holdout(Struct, frozen=True, forbid_unknown_fields=True):
    """The share of customers who are shown nothing, so that what suggestions earn can be measured; another `name` draws others."""

    share: Part = 0.0
    name: Annotated[str, Meta(min_length=1, max_length=100)] = "holdout"


class Audit(Struct, frozen=True, forbid_unknown_fields=True):
    """The share of suggestions of which all candidates are kept with their features and scores, for `tsuide audit`; 0: of none.

    Some 30 KB a head and suggestion, in `tsuide.training.v1`.
    """

    share: Part = 0.01
