"""Learning the ranker: River's logistic regression with AdaGrad, fed so that its step is the listwise one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from river.linear_model import LogisticRegression
from river.optim import AdaGrad
from river.utils import VectorDict

from online_models.heads import FIRST_G2, HEADS, Head
from online_models.ranker import HeadWeights, Weights, named
from online_models.request import F32
from stream.contracts.training import HeadState

LOSS_SHARE = 0.001  # weight of the newest example in the running log loss
SMALLEST_GRADIENT = -1e-300  # River's logistic factor underflows to 0 beyond a logit of 745


class ListwiseRegression(LogisticRegression):
    """Logistic regression that begins with given weights and squared gradients, and takes softmax steps."""

    def __init__(self, lr: float, weights: Mapping[str, float], g2: Mapping[str, float]) -> None:
        super().__init__(optimizer=AdaGrad(lr), intercept_lr=0.0)
        self.lr = lr
        self._weights = VectorDict(dict(weights))
        self.optimizer.g2.update(g2)

    def learn_listwise(self, z: dict[str, float]) -> None:
        """Step along `z` = x_taken - p.X, which is the gradient of ln p_taken.

        River would step along z * sigmoid(-z.w); the example's weight 1 + exp(z.w) takes that factor out again.
        """
        factor = self.loss.gradient(y_true=True, y_pred=self._raw_dot_one(z))
        self.learn_one(z, True, w=-1.0 / min(factor, SMALLEST_GRADIENT))

    def read(self, names: tuple[str, ...]) -> list[float]:
        """Return the weights of `names`, without copying the others."""
        return [self._weights[name] for name in names]


class Progress(Struct, frozen=True):
    """How many examples were learnt, and what they cost before they were learnt: the running log loss, in nats; 0 before the first."""

    examples: int
    log_loss: float


class Learner:
    """One model a head. The weights are River's own; `weights()` copies them into arrays to score with."""

    def __init__(self, states: Mapping[str, HeadState] | None = None) -> None:
        states = states or {}
        self._heads = {name: _LearningHead(head, states.get(name)) for name, head in HEADS.items()}

    @classmethod
    def of(cls, states: Mapping[str, HeadState]) -> Learner:
        """Return a learner that goes on where `states` left off; a head without a state starts anew."""
        return cls(states)

    def learn(self, head: str, bucket: int, z: F32, loss: float = 0.0) -> None:
        """Take one step. About 0.1 ms for 50 features that are not zero."""
        self._heads[head].learn(bucket, z, loss)

    def progress(self) -> dict[str, Progress]:
        """Return how far each head has come; unlike `state` it copies no weights."""
        return {name: Progress(head.examples, head.log_loss) for name, head in self._heads.items()}

    def state(self) -> dict[str, HeadState]:
        """Return all that is needed to go on elsewhere."""
        return {name: head.state() for name, head in self._heads.items()}

    def weights(self, version: int = -1) -> Weights:
        """Return the weights as they stand, as arrays of their own."""
        return Weights({name: head.weights() for name, head in self._heads.items()}, version)


class _LearningHead:
    def __init__(self, head: Head, state: HeadState | None) -> None:
        self.head = head
        self.names = [tuple(named(feature, bucket) for feature in head.features) for bucket in range(head.buckets)]
        known = [*head.features, *(name for names in self.names for name in names)]
        said, g2 = (state.weights, state.g2) if state else ({}, {})
        self.model = ListwiseRegression(
            head.lr,
            {name: said.get(name, head.start.get(name, 0.0)) for name in known},
            {name: g2.get(name, FIRST_G2) for name in known},
        )
        self.examples, self.log_loss = (state.examples, state.log_loss) if state else (0, 0.0)
        self._fresh: HeadWeights | None = None
        self._stale: set[int] = set()

    def learn(self, bucket: int, z: F32, loss: float) -> None:
        values, own = z.tolist(), self.names[bucket]
        step = {name: value for name, value in zip(self.head.features, values, strict=True) if value}
        step |= {name: value for name, value in zip(own, values, strict=True) if value}
        if step:
            self.model.learn_listwise(step)
        self.examples += 1
        self.log_loss += (loss - self.log_loss) * max(LOSS_SHARE, 1 / self.examples)
        self._stale.add(bucket)

    def state(self) -> HeadState:
        return HeadState(dict(self.model.weights), dict(self.model.optimizer.g2), self.examples, self.log_loss)

    def weights(self) -> HeadWeights:
        """Return the weights; only the buckets learnt since the last call are read again."""
        if self._fresh is not None and not self._stale:
            return self._fresh
        buckets = np.zeros((self.head.buckets, len(self.names[0]))) if self._fresh is None else self._fresh.buckets.copy()
        for bucket in range(self.head.buckets) if self._fresh is None else sorted(self._stale):
            buckets[bucket] = self.model.read(self.names[bucket])
        self._fresh = HeadWeights.of(np.array(self.model.read(self.head.features)), buckets)
        self._stale.clear()
        return self._fresh
