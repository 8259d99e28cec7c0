"""River learns how likely a card is taken up; the published weights say it."""

from math import log, sqrt

import numpy as np
import pytest

from online_models.heads import FIRST_G2
from online_models.request import F32
from online_models.uptake.calibration import EDGES, Calibration
from online_models.uptake.features import FEATURES, D
from online_models.uptake.learn import LR, START, UptakeLearner
from online_models.uptake.weights import ENOUGH, UptakeWeights
from stream.contracts.training import UptakeState

CONSTANT = np.eye(D, dtype=np.float32)[0]


def sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def cards(n: int, *, seed: int) -> tuple[F32, np.ndarray, np.ndarray]:
    """Return (n, D) features of cards, what the customers did, and the probabilities by which they did it."""
    chance = np.random.default_rng(seed)
    x = chance.random((n, D)) * (chance.random((n, D)) < 0.5)
    x[:, 0], x[:, 1:8] = 1, np.eye(7)[chance.integers(7, size=n)]
    x = x.astype(np.float32)
    truth = chance.normal(0, 0.8, D)
    truth[0] = -2.5
    p = 1 / (1 + np.exp(-(x @ truth)))
    return x, chance.random(n) < p, p


def state_of(learner: UptakeLearner) -> UptakeState:
    return UptakeState(learner.model, learner.calibrator, learner.taken, learner.bins, learner.calibration_error, {}, 0, 0, {})


def taught(n: int, *, seed: int = 1) -> UptakeLearner:
    learner = UptakeLearner()
    x, taken, _ = cards(n, seed=seed)
    for row, yes in zip(x, taken.tolist(), strict=True):
        learner.learn(row, yes)
    return learner


def test_what_is_scored_with_the_published_weights_is_what_river_says():
    learner = taught(2_000)
    weights = UptakeWeights.of(state_of(learner))
    assert weights is not None
    x, _, _ = cards(200, seed=2)
    for row in x:
        ours = weights.p(tuple(row.tolist()))
        values, logit = learner._read(row)
        river = learner._calibrator._river.predict_proba_one(logit)[True]
        assert ours == pytest.approx(river, abs=1e-9)
        assert logit["logit"] == pytest.approx(learner._model.logit(values), abs=1e-9)


def test_the_first_no_is_adagrads_step_from_one_in_twenty():
    learner = UptakeLearner()
    learner.learn(CONSTANT, False)
    # gradient p = sigmoid(-3) = 0.0474; G = 0.01 + p^2; w = -3 - 0.2 p / sqrt(G)
    p = sigmoid(-3)
    assert p == pytest.approx(0.0474, abs=1e-4)
    assert learner.model.weights["constant"] == pytest.approx(-3 - LR * p / sqrt(FIRST_G2 + p * p), abs=1e-6)
    assert (learner.model.examples, learner.taken) == (1, 0)
    assert learner.model.log_loss == pytest.approx(-log(1 - p))


def test_a_correction_steps_along_the_yes_less_the_no():
    learner = UptakeLearner()
    learner.learn(CONSTANT, False)
    before, g2 = learner.model.weights["constant"], learner.model.g2["constant"]
    learner.correct(CONSTANT)
    # (1 - p) x + p x = x = 1, whatever p is: G grows by 1 and w by 0.2 / sqrt(G)
    assert learner.model.weights["constant"] == pytest.approx(before + LR / sqrt(g2 + 1), abs=1e-6)
    assert learner.model.g2["constant"] == pytest.approx(g2 + 1)
    # and it is still one example, now a yes, of whose loss nothing of the no is left
    assert (learner.model.examples, learner.taken) == (1, 1)
    assert learner.model.log_loss == pytest.approx(-log(1 - sigmoid(-3)) + log(1 - sigmoid(before)) - log(sigmoid(before)), abs=1e-6)


def test_a_no_corrected_at_once_leaves_the_weights_where_the_yes_alone_would():
    # given two learners that have seen much, so that one step is small beside what they know
    corrected, told = taught(5_000), taught(5_000)
    start = taught(5_000).model.weights
    x, _, _ = cards(100, seed=3)
    weights = UptakeWeights.of(state_of(told))
    assert weights is not None
    rare = min(x, key=lambda row: weights.p(tuple(row.tolist())))
    # when one hears no and then yes of a card that seldom is taken, the other only yes
    corrected.learn(rare, False)
    corrected.correct(rare)
    told.learn(rare, True)
    # then their steps agree to 1 in 50: what differs is p^2 + 1 in AdaGrad's sum of 40 and more where (1 - p)^2 would stand
    one = np.array([corrected.model.weights[name] - start[name] for name in FEATURES])
    other = np.array([told.model.weights[name] - start[name] for name in FEATURES])
    assert np.linalg.norm(one - other) < 0.02 * np.linalg.norm(other)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_said_is_what_happens(seed: int):
    # given 24,000 cards of a world whose probabilities are known, of which the last 12,000 are asked before they are told
    x, taken, p = cards(24_000, seed=seed)
    learner, calibration, weights, excess = UptakeLearner(), Calibration(), None, 0.0
    for place, (row, yes) in enumerate(zip(x, taken.tolist(), strict=True)):
        if place >= 12_000:
            if place % 500 == 0:  # about as often as workers hear of new weights
                weights = UptakeWeights.of(state_of(learner))
            assert weights is not None
            said = weights.p(tuple(row.tolist()))
            calibration.add(said, yes)
            excess += p[place] * log(p[place] / said) + (1 - p[place]) * log((1 - p[place]) / (1 - said))
        learner.learn(row, yes)
    # then, of a perfect forecast, chance alone would make an error of at most 0.8 sqrt(10 bins * mean p (1 - p) / 12,000): its mean,
    # by Cauchy-Schwarz. Twice that, and half a percent for what is not learnt yet, is allowed.
    by_chance = 0.8 * sqrt(10 * float(np.mean(p * (1 - p))) / 12_000)
    assert by_chance < 0.01
    assert calibration.error() < 2 * by_chance + 0.005
    # and on average a card costs 0.004 nats more than it would with the true probabilities
    assert excess / 12_000 < 0.004


def test_cards_like_the_taken_ones_are_said_to_be_likelier():
    learner, liked, passed = UptakeLearner(), np.zeros(D, np.float32), np.zeros(D, np.float32)
    for row, name in ((liked, "list_upgrades"), (passed, "list_plans")):
        row[0] = row[FEATURES.index(name)] = 1
    for _ in range(ENOUGH // 2):
        learner.learn(liked, True)
        learner.learn(passed, False)
    weights = UptakeWeights.of(state_of(learner))
    assert weights is not None
    assert weights.p(tuple(liked.tolist())) > 0.9
    assert weights.p(tuple(passed.tolist())) < 0.1


def test_nothing_is_said_before_enough_was_seen():
    assert UptakeWeights.of(None) is None
    assert UptakeWeights.of(state_of(taught(ENOUGH - 1))) is None
    assert UptakeWeights.of(state_of(taught(ENOUGH))) is not None


def test_a_learner_that_was_stored_goes_on_as_if_it_had_not_stopped():
    one = taught(300)
    other = UptakeLearner(one.model, one.calibrator, taken=one.taken, bins=one.bins)
    x, taken, _ = cards(300, seed=9)
    for learner in (one, other):
        for row, yes in zip(x, taken.tolist(), strict=True):
            learner.learn(row, yes)
        learner.correct(x[0])
    assert state_of(one) == state_of(other)


def test_new_learner_starts_where_it_says():
    assert {name: value for name, value in UptakeLearner().model.weights.items() if value} == dict(START)


def test_the_calibration_error_is_the_mean_distance_by_weight():
    calibration = Calibration()
    for taken in (True, False, False, False):
        calibration.add(0.35, taken)  # said 0.35, seen 1/4: 0.1 apart, 4 cards
    calibration.add(0.005, False)  # 0.005 apart, 1 card
    assert calibration.error() == pytest.approx((4 * 0.1 + 1 * 0.005) / 5, abs=1e-4)
    bins = calibration.bins()
    assert (len(bins), len(EDGES)) == (10, 9)
    assert (bins[8].predicted, bins[8].observed) == pytest.approx((0.35, 0.25), abs=1e-4)
    # when one of the noes was a yes after all, 2/4 are seen: 0.15 apart
    calibration.correct(0.35)
    assert calibration.error() == pytest.approx((4 * 0.15 + 1 * 0.005) / 5, abs=1e-4)


def test_what_was_long_ago_is_forgotten_in_the_calibration():
    calibration = Calibration()
    for _ in range(1_000):
        calibration.add(0.35, True)
    for _ in range(60_000):  # three times its memory: e^-3 = 5 % of the old ones' weight is left
        calibration.add(0.6, True)
    assert calibration.bins()[8].n == pytest.approx(1_000 * np.exp(-3), rel=0.03)
