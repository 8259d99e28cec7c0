"""A score taken apart adds up again."""

import numpy as np
import pytest

from online_models.heads import HEADS
from online_models.learn import Learner
from online_models.ranker import Weights, score
from online_models.request import Ranked
from online_models.scored import scored
from stream.contracts.events import Item, ViewItem
from tests.online_models.lamps import a_shop


@pytest.mark.parametrize("head", HEADS)
def test_the_products_of_every_candidate_add_up_to_its_score(head: str):
    # given weights after 200 steps, and 30 candidates of which two thirds of the features are 0
    chance, learner = np.random.default_rng(3), Learner()
    d = len(HEADS[head].features)
    for _ in range(200):
        learner.learn(head, int(chance.integers(HEADS[head].buckets)), chance.normal(0, 1, d).astype(np.float32))
    weights = learner.weights()
    for bucket in range(HEADS[head].buckets):
        features = (chance.normal(0, 3, (30, d)) * (chance.random((30, d)) < 1 / 3)).astype(np.float32)
        ranked = Ranked(head, bucket, tuple(map(str, range(30))), score(features, weights.heads[head], bucket), features)
        for item_id in ranked.items:
            found = scored(item_id, ranked, weights)
            # then they add up, the largest come first, and no feature that is 0 is named
            assert found is not None
            assert found.total == pytest.approx(found.score, abs=1e-9)
            products = [abs(term.product) for term in found.terms]
            assert products == sorted(products, reverse=True)
            assert len(found.terms) == np.count_nonzero(features[int(item_id)])
            assert all(term.product == term.value * term.weight for term in found.terms)


def test_a_real_order_is_taken_apart_with_its_places():
    shop = a_shop()
    shop.looked_at_together(3, "lamp", "bulb")
    shop.sees("ana", "rug")
    event = ViewItem(event_id="v", event_time_ms=shop.now_ms + 1, items=(Item("lamp"),))
    browse = shop.answer(shop.occasion(event, "ana")).ranked["browse"]
    found = scored("bulb", browse, shop.weights)
    assert found is not None
    assert (found.place, found.of) == (browse.items.index("bulb") + 1, len(browse.items))
    assert found.total == pytest.approx(found.score, abs=1e-9)


def test_who_is_no_candidate_has_no_score():
    ranked = Ranked("browse", 0, ("a",), np.zeros(1), np.zeros((1, len(HEADS["browse"].features)), np.float32))
    assert scored("b", ranked, Weights.start()) is None
    assert scored("a", ranked, Weights.start()) is None  # a stand-in, of which nothing is known
