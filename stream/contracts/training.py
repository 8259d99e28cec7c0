"""What the trainer learns from, and what it publishes."""

from msgspec import Struct

from stream.contracts.ids import Origin


class Example(Struct, frozen=True, tag_field="kind", tag="example"):
    """One listwise step: `z` = x_taken - p·X as little-endian float32, base64, in the order of the head's features."""

    origin: Origin
    head: str
    bucket: int
    z: str
    loss: float

    @property
    def id(self) -> str:
        """Origin and head: the same answered event teaches a head once."""
        return f"{self.origin}:{self.head}"


class ShownItem(Struct, frozen=True):
    """An item that was on screen: its features exactly as they were (float32, base64), and the chance that it was chosen."""

    item_id: str
    item_list_id: str
    index: int
    propensity: float
    x: str


class Shown(Struct, frozen=True, tag_field="kind", tag="shown"):
    """What a suggestion showed."""

    origin: Origin
    suggestion_id: str
    event_time_ms: int
    items: tuple[ShownItem, ...]


class Outcome(Struct, frozen=True, tag_field="kind", tag="outcome"):
    """What became of a shown item: select_item, add_to_cart, purchase or dismiss_suggestion."""

    origin: Origin
    suggestion_id: str
    event_time_ms: int
    event: str
    item_id: str


Training = Example | Shown | Outcome


class HeadState(Struct, frozen=True):
    """One head as it stands: its weights by feature name, AdaGrad's squared gradients, what it has learnt."""

    weights: dict[str, float]
    g2: dict[str, float]
    examples: int
    log_loss: float


class ModelRecord(Struct, frozen=True, omit_defaults=True):
    """The ranker, whole. Its version is `learnt_to`, a lower one is ignored; `seen` repeats no example after a restart."""

    learnt_to: int
    resume_from: int
    published_ms: int
    heads: dict[str, HeadState]
    seen: dict[str, int] = {}
