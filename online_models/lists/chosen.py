"""What a list answers with."""

from msgspec import Struct

from online_models.lists.scene import Pick
from online_models.request import Ranked


class Chosen(Struct, frozen=True):
    """What a list wants to show, best first, and the rankings that it asked for and the learner may answer, by head.

    `rule`: why there is nothing, where the list knows better than that it found nothing.
    """

    picks: list[Pick]
    ranked: dict[str, Ranked] = {}
    rule: str | None = None
