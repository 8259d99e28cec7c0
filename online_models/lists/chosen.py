"""What a list answers with."""

from msgspec import Struct

from online_models.lists.scene import Pick
from online_models.request import Ranked
from online_models.words.texts import HeadlineCode


class Headline(Struct, frozen=True):
    """What stands above a list where its name alone does not say it: which text, and what the text says.

    `amounts` are in `currency`; `words` are in the customer's language.
    """

    code: HeadlineCode
    amounts: dict[str, float] = {}
    currency: str | None = None
    words: dict[str, str] = {}


class SetPrice(Struct, frozen=True):
    """What a set costs as a whole; `before`: the sum of its prices, where the shop lowers it."""

    price: float
    before: float | None
    currency: str | None


class Chosen(Struct, frozen=True):
    """What a list wants to show, best first, and the rankings that it asked for and the learner may answer, by head.

    `rule`: why there is nothing, where the list knows better than that it found nothing.
    """

    picks: list[Pick]
    ranked: dict[str, Ranked] = {}
    rule: str | None = None
    headline: Headline | None = None
    set_price: SetPrice | None = None
