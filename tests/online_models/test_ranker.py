"""Scores from named weights, and the listwise step."""

import math

import numpy as np
import pytest

from online_models.heads import BROWSE, HEADS, head
from online_models.ranker import HeadWeights, Weights, score, score_parts, step
from online_models.request import Ranked
from stream.contracts.training import HeadState, ModelRecord


def ranked(scores: list[float], features: list[list[float]]) -> Ranked:
    items = tuple(f"item{place}" for place in range(len(scores)))
    return Ranked("browse", 1, items, np.array(scores), np.array(features, np.float32))


def test_a_score_is_the_sum_of_features_times_shared_and_bucket_weights():
    # 2 * (0.5 + 1) + 3 * (1 + 0) = 6 in bucket 1; 2 * 0.5 + 3 * 1 = 4 in bucket 0
    weights = HeadWeights.of(np.array([0.5, 1.0]), np.array([[0.0, 0.0], [1.0, 0.0]]))
    candidates = np.array([[2.0, 3.0]], np.float32)
    assert (score(candidates, weights, 1).tolist(), score(candidates, weights, 0).tolist()) == ([6.0], [4.0])


def test_scores_are_the_same_to_the_last_bit_however_many_are_scored_together():
    chance = np.random.default_rng(5)
    weights = HeadWeights.of(chance.standard_normal(51), chance.standard_normal((6, 51)))
    table, parts = chance.standard_normal((51, 40)).astype(np.float32), [(0, 1, 4), (1, 3, 2), (3, 3, 0), (3, 40, 1)]
    together = score_parts(table, weights, parts)
    alone = [score(table[:, begin:end].T, weights, bucket) for begin, end, bucket in parts]
    assert together.tobytes() == np.concatenate(alone).tobytes()


def test_a_step_is_the_taken_items_features_less_those_expected():
    # given scores ln 3 and 0, so shares 3/4 and 1/4, and the second taken
    lesson = step(ranked([math.log(3), 0.0], [[1.0, 0.0], [0.0, 2.0]]), "item1")
    # then z = (0, 2) - 3/4 (1, 0) - 1/4 (0, 2) and the loss is -ln 1/4
    assert lesson is not None
    assert lesson.z.tolist() == pytest.approx([-0.75, 1.5])
    assert lesson.z.dtype == np.float32
    assert lesson.loss == pytest.approx(math.log(4))
    assert (lesson.head, lesson.bucket) == ("browse", 1)


def test_an_item_that_was_no_candidate_teaches_nothing():
    assert step(ranked([1.0], [[1.0]]), "other") is None
    assert step(ranked([], []), "other") is None


def test_scores_hundreds_apart_give_a_finite_step():
    lesson = step(ranked([2000.0, 0.0], [[1.0], [0.0]]), "item1")
    assert lesson is not None
    assert np.isfinite(lesson.z).all()
    assert lesson.loss == pytest.approx(300 * math.log(10))  # the smallest share told apart from 0 is 1e-300


def test_an_unknown_feature_is_ignored_and_a_missing_one_starts_anew():
    state = HeadState({"is_neighbour": 2.0, "is_neighbour|2": 3.0, "of_another_release": 9.0}, {}, 5, 1.0)
    weights = Weights.of(ModelRecord(42, 0, 0, {"browse": state, "of_another_release": state}))
    place, start = BROWSE.features.index("is_neighbour"), Weights.start()
    assert weights.version == 42
    assert weights.heads["browse"].total[:, place].tolist() == [2.0, 2.0, 5.0, 2.0, 2.0, 2.0]
    others = np.delete(np.arange(len(BROWSE.features)), place)
    assert np.array_equal(weights.heads["browse"].total[:, others], start.heads["browse"].total[:, others])
    assert weights.heads.keys() == HEADS.keys()


def test_a_start_weight_without_its_feature_is_refused():
    with pytest.raises(ValueError, match="beta"):
        head("mine", "alpha", {"beta": 1.0})


@pytest.mark.parametrize("one", HEADS.values(), ids=HEADS)
def test_a_head_names_every_feature_once(one):
    assert len(set(one.features)) == len(one.features)
    assert not any("|" in name for name in one.features)
