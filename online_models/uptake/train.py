"""Training records into the uptake model: decode, join, learn. Whoever stops and goes on from its state comes to the same."""

from __future__ import annotations

import base64

import numpy as np

from online_models.learn import Progress
from online_models.uptake.features import D
from online_models.uptake.join import KINDS, Card, Final, Join, Lesson
from online_models.uptake.learn import UptakeLearner
from online_models.uptake.worth import Worth
from stream.contracts.training import Outcome, Shown, UptakeState

X_BYTES = 4 * D


class UptakeTrainer:
    """The join and the model that it teaches."""

    def __init__(self, state: UptakeState | None = None) -> None:
        if state is None:
            self._learner, self._worth, self._join = UptakeLearner(), Worth(), Join()
        else:
            self._learner = UptakeLearner(state.model, state.calibrator, taken=state.taken, bins=state.bins)
            self._worth = Worth(state.outcomes)
            self._join = Join(state.clock_ms, state.in_minute, state.seen)

    def take(self, entry: Shown | Outcome, *, offset: int, written_ms: int, again: bool = False) -> str:
        """Take in the record at `offset`; `again`: it was learnt before a restart and is joined only. Returns what it was, to count.

        `written_ms`, the record's own timestamp, bounds its event time: no customer's clock closes the windows of others.
        "foreign": the features are of another release, or the event is none that is known. "unmatched": the suggestion is not held.
        """
        news: list[Lesson | Final] = list(self._join.advance(min(entry.event_time_ms, written_ms)))
        if isinstance(entry, Shown):
            said = self._shown(entry, offset)
        elif entry.event not in KINDS:
            said = "foreign"
        else:
            items = (entry.item_id, *entry.more) if entry.item_id else ()
            lessons = self._join.heard(entry.suggestion_id, entry.event, items, entry.item_list_id)
            said = "unmatched" if lessons is None else "outcomes"
            news += lessons or ()
        if not again:
            self._learn(news)
        return said

    def progress(self) -> Progress:
        """Return how many shown items were learnt, and the log loss of what was told of them."""
        return self._learner.progress

    @property
    def calibration_error(self) -> float:
        """The mean distance of what was told and what was seen, of late."""
        return self._learner.calibration_error

    def resume_from(self, otherwise: int) -> int:
        """Return the offset of the oldest suggestion that is held; `otherwise` where there is none."""
        oldest = self._join.oldest
        return otherwise if oldest is None else oldest

    def state(self) -> UptakeState:
        """Return all that is needed to go on from `resume_from`."""
        place, learner = self._join.place(), self._learner
        return UptakeState(
            model=learner.model,
            calibrator=learner.calibrator,
            taken=learner.taken,
            bins=learner.bins,
            calibration_error=learner.calibration_error,
            outcomes=dict(self._worth.counts),
            clock_ms=place.clock_ms,
            in_minute=place.in_minute,
            seen=place.seen,
        )

    def _shown(self, entry: Shown, offset: int) -> str:
        cards = {}
        for item in entry.items:
            x = base64.b64decode(item.x)
            if len(x) != X_BYTES:
                return "foreign"
            cards[item.item_id] = Card(item.item_list_id, x)
        source = f"{entry.origin.topic}:{entry.origin.partition}"
        return self._join.shown(entry.suggestion_id, cards, source=source, source_offset=entry.origin.offset, offset=offset)

    def _learn(self, news: list[Lesson | Final]) -> None:
        for one in news:
            if isinstance(one, Final):
                self._worth.count(one.heard)
                continue
            x = np.frombuffer(one.x, dtype="<f4")
            if not np.isfinite(x).all():
                continue
            if one.corrects:
                self._learner.correct(x)
            else:
                self._learner.learn(x, one.taken)
