"""Learning uptake: River's logistic regression with AdaGrad, and a second one that calibrates its logit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from online_models.heads import FIRST_G2
from online_models.learn import LOSS_SHARE, ListwiseRegression, Progress
from online_models.request import F32
from online_models.uptake.calibration import Calibration
from online_models.uptake.features import FEATURES
from online_models.uptake.weights import CALIBRATOR, FARTHEST_LOGIT
from stream.contracts.training import CalibrationBin, HeadState

LR = 0.2
CALIBRATOR_LR = 0.01
START: Mapping[str, float] = {"constant": -3.0}  # one card in twenty is taken up: sigmoid(-3) = 0.047
CALIBRATOR_START: Mapping[str, float] = {"logit": 1.0, "constant": 0.0}  # says what it is told
LEAST_P = 1e-12


class UptakeLearner:
    """P(taken up | shown), pointwise. The weights are River's own; a stored one goes on as if it had not stopped."""

    def __init__(
        self,
        model: HeadState | None = None,
        calibrator: HeadState | None = None,
        *,
        taken: int = 0,
        bins: Sequence[CalibrationBin] = (),
    ) -> None:
        self._model = _Regression(LR, FEATURES, START, model)
        self._calibrator = _Regression(CALIBRATOR_LR, CALIBRATOR, CALIBRATOR_START, calibrator)
        self._calibration = Calibration(bins)
        self.taken = taken

    def learn(self, x: F32, taken: bool) -> None:
        """Learn one shown item (D,) and what became of it; both models are asked before they are told. About 0.1 ms."""
        values, logit = self._read(x)
        self._calibration.add(self._calibrator.learn(logit, taken), taken)
        self._model.learn(values, taken)
        self.taken += taken

    def correct(self, x: F32) -> None:
        """Learn that what was learnt as a no was a yes after all.

        The step is along the gradient of the yes less that of the no: (1 - p) x + p x = x, both at today's weights. What the no did
        is so taken back but for what the weights have moved since, and AdaGrad keeps the no's square, p^2 x^2, and has x^2 for both
        steps: it will step a little more carefully, not elsewhere. Log loss and bins move the item from the noes to the yeses.
        """
        values, logit = self._read(x)
        self._calibration.correct(self._calibrator.correct(logit))
        self._model.correct(values)
        self.taken += 1

    @property
    def model(self) -> HeadState:
        """The regression as it stands."""
        return self._model.state()

    @property
    def calibrator(self) -> HeadState:
        """The calibrator as it stands; its log loss is that of the probabilities told."""
        return self._calibrator.state()

    @property
    def progress(self) -> Progress:
        """How many shown items were learnt, and the log loss of the probabilities told."""
        return self._calibrator.progress

    @property
    def bins(self) -> tuple[CalibrationBin, ...]:
        """Predicted against observed, of late."""
        return self._calibration.bins()

    @property
    def calibration_error(self) -> float:
        """The expected calibration error, of late."""
        return self._calibration.error()

    def _read(self, x: F32) -> tuple[dict[str, float], dict[str, float]]:
        values = {name: value for name, value in zip(FEATURES, x.tolist(), strict=True) if value}
        logit = min(max(self._model.logit(values), -FARTHEST_LOGIT), FARTHEST_LOGIT)
        return values, dict(zip(CALIBRATOR, (logit, 1.0), strict=True))


class _Regression:
    """One logistic regression with its running log loss."""

    def __init__(self, lr: float, names: tuple[str, ...], start: Mapping[str, float], state: HeadState | None) -> None:
        said, g2 = (state.weights, state.g2) if state else ({}, {})
        self._river = ListwiseRegression(
            lr, {name: said.get(name, start.get(name, 0.0)) for name in names}, {name: g2.get(name, FIRST_G2) for name in names}
        )
        self._examples, self._log_loss = (state.examples, state.log_loss) if state else (0, 0.0)

    def logit(self, values: dict[str, float]) -> float:
        return float(self._river._raw_dot_one(values))

    def learn(self, values: dict[str, float], taken: bool) -> float:
        """Take the example's step; return the probability that was told before it."""
        p = self._p(values)
        self._examples += 1
        self._log_loss += (-log(p if taken else 1 - p) - self._log_loss) * max(LOSS_SHARE, 1 / self._examples)
        self._river.learn_one(values, taken)
        return p

    def correct(self, values: dict[str, float]) -> float:
        """Take back a no and learn a yes; return the probability that was told before it."""
        p = self._p(values)
        self._log_loss += (log(1 - p) - log(p)) * max(LOSS_SHARE, 1 / max(self._examples, 1))
        self._river.learn_listwise(values)
        return p

    @property
    def progress(self) -> Progress:
        return Progress(self._examples, self._log_loss)

    def state(self) -> HeadState:
        return HeadState(dict(self._river.weights), dict(self._river.optimizer.g2), self._examples, self._log_loss)

    def _p(self, values: dict[str, float]) -> float:
        told = self._river.predict_proba_one(values)  # type: ignore[no-untyped-call]
        return min(max(float(told[True]), LEAST_P), 1 - LEAST_P)
