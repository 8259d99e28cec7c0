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


class Outcome(Struct, frozen=True, tag_field="kind", tag="outcome", omit_defaults=True):
    """What became of shown items: an event that names their suggestion.

    `event`: view_item_list (an impression: they were really on screen), select_item, add_to_cart, purchase or dismiss_suggestion.
    `item_id`: the event's first item, `more`: its others; items that the suggestion did not show mean nothing. Without any item
    (empty id) a dismissal means the whole list `item_list_id`, and without that every list of the suggestion.
    """

    origin: Origin
    suggestion_id: str
    event_time_ms: int
    event: str
    item_id: str
    more: tuple[str, ...] = ()
    item_list_id: str | None = None


class Candidates(Struct, frozen=True, tag_field="kind", tag="candidates"):
    """All candidates of one head behind a suggestion, as they were ranked: of a sample, for `tsuide audit`. Nothing is learnt from it.

    n items, best first; where `of` is more than n, the first n of so many. `x`: n x d float32, one item after the other, in the order of
    the d names of `features`; `scores`: n float64. Both are little-endian, and base64 in JSON. The versions are the suggestion's.
    """

    origin: Origin
    suggestion_id: str
    head: str
    bucket: int
    model_version: int
    policy_version: str
    features: tuple[str, ...]
    item_ids: tuple[str, ...]
    of: int
    x: bytes
    scores: bytes


Training = Example | Shown | Outcome | Candidates


class HeadState(Struct, frozen=True):
    """One head as it stands: its weights by feature name, AdaGrad's squared gradients, what it has learnt."""

    weights: dict[str, float]
    g2: dict[str, float]
    examples: int
    log_loss: float


class CalibrationBin(Struct, frozen=True):
    """Shown items of about the same predicted probability: the mean predicted, the share taken up, and how many (decayed)."""

    predicted: float
    observed: float
    n: float


class OutcomeCount(Struct, frozen=True):
    """Of how many shown items an event was heard, and how many of these were bought in the end."""

    n: int
    bought: int


class UptakeState(Struct, frozen=True):
    """The uptake model as it stands.

    `model` is the logistic regression, with its own log loss; `calibrator` maps its logit to the probability that is told, with the
    log loss of that. `bins` and `calibration_error` (their mean distance, by n) are of the latest 20,000 shown items or so;
    `outcomes` by event. `clock_ms`, `in_minute` and `seen` are those of the moment before `resume_from`: the join goes on from there.
    """

    model: HeadState
    calibrator: HeadState
    taken: int
    bins: tuple[CalibrationBin, ...]
    calibration_error: float
    outcomes: dict[str, OutcomeCount]
    clock_ms: int
    in_minute: int
    seen: dict[str, int]


class ModelRecord(Struct, frozen=True, omit_defaults=True):
    """The ranker, whole. Its version is `learnt_to`, a lower one is ignored; `seen` repeats no example after a restart.

    `resume_from`: the oldest `shown` that an outcome may still be joined with; what lies between it and `learnt_to` is read again
    after a restart, but not learnt again.
    """

    learnt_to: int
    resume_from: int
    published_ms: int
    heads: dict[str, HeadState]
    seen: dict[str, int] = {}
    uptake: UptakeState | None = None
