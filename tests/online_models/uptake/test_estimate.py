"""A forecast on every card, and silence where it is too low."""

import pytest
from msgspec.structs import replace

from online_models.policy.policy import Policy
from online_models.uptake.features import FEATURES, D
from online_models.uptake.weights import UptakeWeights
from tests.online_models.lamps import a_shop
from tests.online_models.shop import Shop, listed, the_card, the_list


def forecasting(policy: Policy, **weights: float) -> Shop:
    """Return a shop whose uptake model has these weights, and where others took lamp, bulb and rug together."""
    shop = a_shop(policy=policy)
    shop.ordered_together(3, "lamp", "bulb", "rug")
    w = tuple(weights.get(name, 0.0) for name in FEATURES)
    shop.weights = replace(shop.weights, uptake=UptakeWeights(w, slope=1.0, offset=0.0))
    return shop


def test_every_card_says_how_likely_it_is_taken_up():
    shop = forecasting(Policy(), list_accessories=-2.0, first=1.0)
    accessories = the_list(shop.sees("ana", "clip-lamp", "lamp"), "accessories")
    assert {card.item_id for card in accessories.items} == {"bulb", "rug"}
    # sigmoid(-2 + 1) and sigmoid(-2)
    assert [card.p_uptake for card in accessories.items] == pytest.approx([0.268941, 0.119203], abs=1e-6)


def test_before_enough_was_learnt_a_card_says_nothing_and_is_shown():
    shop = a_shop(policy=Policy.of(b"[uptake]\nmin_p = 1.0", name="test"))
    shop.ordered_together(3, "lamp", "bulb")
    assert the_card(shop.sees("ana", "clip-lamp", "lamp"), "bulb").p_uptake is None


def test_a_list_whose_best_card_is_too_unlikely_stays_silent_and_says_why():
    # given accessories that are taken up in sigmoid(-2 + 1) = 27 % at best, and upgrades in one half
    for min_p, silent in ((0.26, False), (0.28, True)):
        policy = Policy.of(f"[uptake]\nmin_p = {min_p}".encode(), name="test")
        answer = forecasting(policy, list_accessories=-2.0, first=1.0, list_upgrades=-1.0).sees("ana", "clip-lamp", "lamp")
        assert (("accessories", "uptake") in answer.silences) == silent
        assert (listed(answer, "accessories") == []) == silent
        assert listed(answer, "upgrades") == ["floor-lamp"]


def test_a_shop_on_trial_always_speaks():
    policy = Policy.of(b"always_speak = true\n[uptake]\nmin_p = 0.9", name="test")
    answer = forecasting(policy, list_accessories=-2.0).sees("ana", "clip-lamp", "lamp")
    assert the_card(answer, "bulb").p_uptake == pytest.approx(0.119203, abs=1e-6)


def test_what_is_shown_comes_with_its_features_card_by_card():
    answer = forecasting(Policy()).sees("ana", "clip-lamp", "lamp")
    for shown in answer.lists:
        assert [len(x) for x in answer.features[shown.item_list_id]] == [D] * len(shown.items)
