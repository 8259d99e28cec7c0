"""River takes the listwise step."""

import math

import numpy as np
import pytest

from online_models.heads import BROWSE, FIRST_G2, HEADS
from online_models.learn import Learner, ListwiseRegression
from online_models.ranker import Weights, named, score
from stream.contracts.training import ModelRecord

D = len(BROWSE.features)


def lessons(n: int, *, seed: int = 7) -> list[tuple[int, np.ndarray]]:
    """Return n steps (bucket, z) of which two thirds of the features are 0."""
    chance = np.random.default_rng(seed)
    return [
        (int(chance.integers(BROWSE.buckets)), (chance.normal(0.1, 1, D) * (chance.random(D) < 1 / 3)).astype(np.float32)) for _ in range(n)
    ]


def test_rivers_step_is_adagrads_step_along_the_softmax_gradient():
    # given AdaGrad written out: G += z^2, w += 0.05 z / sqrt(G), for the shared and the bucket's weights alike
    shared, buckets = np.array([BROWSE.start.get(name, 0.0) for name in BROWSE.features]), np.zeros((BROWSE.buckets, D))
    g2 = np.full((1 + BROWSE.buckets, D), FIRST_G2)
    learner = Learner()
    for bucket, z in lessons(500):
        learner.learn("browse", bucket, z)
        for weights, squares in ((shared, g2[0]), (buckets[bucket], g2[1 + bucket])):
            squares += z.astype(float) ** 2  # float32 as sent, float64 as learnt
            weights += 0.05 * z.astype(float) / np.sqrt(squares + 1e-8)
    # then River has come to the same weights
    learnt = learner.weights().heads["browse"]
    assert np.allclose(learnt.shared, shared, rtol=0, atol=1e-9)
    assert np.allclose(learnt.buckets, buckets, rtol=0, atol=1e-9)


def test_scores_in_numpy_are_rivers_own():
    # given a learner after 3,000 steps, and River's model with the weights that it published
    learner = Learner()
    for bucket, z in lessons(3000):
        learner.learn("browse", bucket, z)
    state = learner.state()["browse"]
    river = ListwiseRegression(BROWSE.lr, state.weights, state.g2)
    weights = Weights.of(ModelRecord(1, 0, 0, learner.state())).heads["browse"]
    # when both score candidates
    chance = np.random.default_rng(1)
    candidates = chance.normal(0, 0.3, (50, D)).astype(np.float32)
    for bucket in range(BROWSE.buckets):
        for x, ours in zip(candidates, score(candidates, weights, bucket).tolist(), strict=True):
            values = dict(zip(BROWSE.features, x.tolist(), strict=True))
            values |= {named(name, bucket): value for name, value in values.items()}
            p = river.predict_proba_one(values)[True]
            # then they agree, through the logit
            assert math.log(p / (1 - p)) == pytest.approx(ours, abs=1e-9)


def test_a_learner_that_was_stored_goes_on_as_if_it_had_not_stopped():
    steps = lessons(200)
    one = Learner()
    for bucket, z in steps[:100]:
        one.learn("browse", bucket, z, loss=1.5)
    other = Learner.of(one.state())
    for learner in (one, other):
        for bucket, z in steps[100:]:
            learner.learn("browse", bucket, z, loss=0.5)
    assert one.state() == other.state()
    assert one.state()["browse"].examples == 200


def test_the_mean_loss_of_a_new_head_is_exact():
    learner = Learner()
    for loss in (1.0, 2.0, 6.0):
        learner.learn("browse", 0, np.zeros(D, np.float32), loss)
    assert learner.state()["browse"].log_loss == pytest.approx(3.0)  # (1 + 2 + 6) / 3


def test_weights_given_out_do_not_change_with_later_lessons():
    learner = Learner()
    before = learner.weights().heads["browse"].total.copy()
    given = learner.weights()
    learner.learn("browse", 1, np.ones(D, np.float32))
    assert np.array_equal(given.heads["browse"].total, before)
    assert not np.array_equal(learner.weights().heads["browse"].total, before)


def test_a_lesson_for_one_head_leaves_the_others_alone():
    learner = Learner()
    learner.learn("browse", 1, np.ones(D, np.float32))
    start = Weights.start()
    for name in HEADS.keys() - {"browse"}:
        assert np.array_equal(learner.weights().heads[name].total, start.heads[name].total)


@pytest.mark.parametrize("size", [1e3, -1e3])
def test_a_step_far_out_of_scale_stays_finite(size):
    learner = Learner()
    for _ in range(3):
        learner.learn("browse", 0, np.full(D, size, np.float32))
    assert np.isfinite(learner.weights().heads["browse"].total).all()
