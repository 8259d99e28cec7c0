"""Leaving evidence out, to see what the answers are worth without one of its sources."""

from collections.abc import Collection, Iterable

import numpy as np

from online_models.evaluate.sources import SOURCES
from online_models.heads import HEADS
from online_models.learn import Learner
from online_models.request import F32
from stream.contracts.training import HeadState

HEADS_OF = {  # protocol -> the heads that may answer it; where no category is known, the next-view order answers
    "next-item": ("browse",),
    "basket": ("basket.mixed", "basket.discover"),
    "accessory": ("accessory.orders", "accessory.looks", "browse"),
    "upgrade": ("upgrade",),
}


class Without(Learner):
    """A learner to which the features of some sources are zero, in every answer and in every lesson.

    Their weights begin at 0 and their part of each step is taken out, so that they stay there: a feature whose weight is 0 adds to no
    score what it would not add if it were 0 itself. The candidates that the sources brought stay in the list.
    """

    def __init__(self, left_out: Collection[str], heads: Iterable[str]) -> None:
        features = {name: frozenset[str]().union(*(SOURCES[name].get(source, ()) for source in left_out)) for name in heads}
        states = {name: HeadState(dict.fromkeys(gone, 0.0), {}, 0, 0.0) for name, gone in features.items()}
        super().__init__(states)
        self._kept = {name: np.array([one not in gone for one in HEADS[name].features]) for name, gone in features.items()}

    def learn(self, head: str, bucket: int, z: F32, loss: float = 0.0) -> None:
        """Take one step along what is left of `z`."""
        super().learn(head, bucket, np.where(self._kept[head], z, np.float32(0)) if head in self._kept else z, loss)


def sources_of(protocol: str) -> tuple[str, ...]:
    """Return the sources of evidence that a protocol's answers have, in alphabetical order."""
    return tuple(sorted({source for name in HEADS_OF[protocol] for source in SOURCES[name]}))


def without(left_out: Collection[str], protocol: str) -> Learner:
    """Return a new learner for the protocol without these sources. Raises ValueError for one that it does not have, naming all."""
    known = sources_of(protocol)
    if unknown := sorted(set(left_out) - set(known)):
        raise ValueError(f"{protocol} has no source of evidence {', '.join(unknown)}; it has {', '.join(known)}.")
    return Without(left_out, HEADS_OF[protocol])
