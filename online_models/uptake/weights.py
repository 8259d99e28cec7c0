"""The uptake model as a worker scores with it: a few cards of a few features, for which plain Python is faster than numpy."""

from __future__ import annotations

from math import exp
from operator import mul

from msgspec import Struct

from online_models.uptake.features import FEATURES, Row
from stream.contracts.training import UptakeState

ENOUGH = 500  # examples before which no probability is told: some 25 of them a yes, where one in twenty is
FARTHEST_LOGIT = 8.0  # p = 0.0003 .. 0.9997: beyond, the calibrator would follow single outliers
FARTHEST_CALIBRATED = 30.0
CALIBRATOR = ("logit", "constant")


class UptakeWeights(Struct, frozen=True):
    """p = sigmoid(slope * logit + offset), logit = x . w cut to -8 .. 8. `w`: one weight a feature."""

    w: Row
    slope: float
    offset: float

    @classmethod
    def of(cls, state: UptakeState | None, *, enough: int = ENOUGH) -> UptakeWeights | None:
        """Return what the record says; None while it rests on fewer than `enough` examples. Features it does not name weigh 0."""
        if state is None or state.model.examples < enough:
            return None
        slope, offset = (state.calibrator.weights.get(name, start) for name, start in zip(CALIBRATOR, (1.0, 0.0), strict=True))
        return cls(tuple([state.model.weights.get(name, 0.0) for name in FEATURES]), slope, offset)

    def p(self, x: Row) -> float:
        """Return the probability that the customer takes a shown item up. 1 us."""
        logit = min(max(sum(map(mul, x, self.w)), -FARTHEST_LOGIT), FARTHEST_LOGIT)
        calibrated = min(max(self.slope * logit + self.offset, -FARTHEST_CALIBRATED), FARTHEST_CALIBRATED)
        return 1.0 / (1.0 + exp(-calibrated))
