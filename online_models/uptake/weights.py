"""The uptake model as a worker scores with it: numpy only."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from online_models.request import F32, Floats
from online_models.uptake.features import FEATURES
from stream.contracts.training import UptakeState

ENOUGH = 500  # examples before which no probability is told: some 25 of them a yes, where one in twenty is
FARTHEST_LOGIT = 8.0  # p = 0.0003 .. 0.9997: beyond, the calibrator would follow single outliers
CALIBRATOR = ("logit", "constant")


class UptakeWeights(Struct, frozen=True):
    """p = sigmoid(slope * logit + offset), logit = x . w cut to -8 .. 8. `w`: float64 (D,)."""

    w: Floats
    slope: float
    offset: float

    @classmethod
    def of(cls, state: UptakeState | None, *, enough: int = ENOUGH) -> UptakeWeights | None:
        """Return what the record says; None while it rests on fewer than `enough` examples. Features it does not name weigh 0."""
        if state is None or state.model.examples < enough:
            return None
        slope, offset = (state.calibrator.weights.get(name, start) for name, start in zip(CALIBRATOR, (1.0, 0.0), strict=True))
        return cls(np.array([state.model.weights.get(name, 0.0) for name in FEATURES]), slope, offset)

    def p(self, x: F32) -> Floats:
        """Return the probabilities (n,) that the customer takes shown items (n, D) up."""
        logit = np.minimum(np.maximum(np.add.reduce(x * self.w, axis=1), -FARTHEST_LOGIT), FARTHEST_LOGIT)
        p: Floats = 1.0 / (1.0 + np.exp(-(self.slope * logit + self.offset)))
        return p
