from collections import Counter
from math import sqrt

import pytest

from online_models.policy.balance import Exploration, Holdout
from online_models.policy.chance import ONE, below, drawn
from online_models.policy.exploration import last_place
from online_models.policy.holdout import experiment, held_out
from online_models.policy.lists import Accessories
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import Item, ViewItem
from tests.online_models.lamps import a_shop
from tests.online_models.shop import Shop, listed, the_list

DRAWS = 20_000
CERTAIN = 5.0  # standard deviations that no frequency may be off: once in a million


def off(times: int, probability: float, of: int) -> float:
    """Return by how many standard deviations a frequency differs from its probability."""
    return abs(times / of - probability) / sqrt(probability * (1 - probability) / of)


@pytest.mark.parametrize(("share", "among", "rest"), [(0.02, 8, 8), (0.3, 8, 3), (0.3, 2, 8), (1.0, 4, 4)])
def test_the_frequencies_over_many_events_are_the_propensities(share: float, among: int, rest: int):
    # when the last place is drawn for 20,000 events of one customer and one list
    draws = [last_place("ana", f"e{number}", "accessories", rest, Exploration(share, among)) for number in range(DRAWS)]
    found, said = Counter(at for at, _ in draws), dict(draws)
    # then each of the n candidates stood there in share / n of them, its owner in the rest, within 5 standard errors
    n = min(among, rest)
    wanted = {at: share / n for at in range(n)} | ({None: 1 - share} if share < 1 else {})
    assert said == pytest.approx(wanted)
    assert sum(wanted.values()) == pytest.approx(1.0)
    assert set(found) == set(wanted)
    assert all(off(found[at], probability, DRAWS) < CERTAIN for at, probability in wanted.items() if probability < 1)


def test_lists_and_customers_are_drawn_for_apart():
    alone = [last_place("ana", f"e{number}", "accessories", 4, Exploration(0.5))[0] for number in range(100)]
    assert alone != [last_place("ana", f"e{number}", "upgrades", 4, Exploration(0.5))[0] for number in range(100)]
    assert alone != [last_place("bob", f"e{number}", "accessories", 4, Exploration(0.5))[0] for number in range(100)]


def test_where_nobody_waits_the_last_place_is_its_owner_s_for_certain():
    assert last_place("ana", "e", "accessories", 0, Exploration(1.0)) == (None, 1.0)


def test_names_that_run_into_each_other_are_different_names():
    assert drawn("ab", "c") != drawn("a", "bc")
    assert (below(0.0), below(0.5), below(1.0)) == (0, ONE // 2, ONE)


# In a list


def a_shop_of_six_shades(exploration: Exploration, items: int = 2) -> Shop:
    """Each shade was looked at together with the lamp by one customer fewer than the one before; two are shown."""
    shades = [CatalogItem(f"shade-{n}", item_name=f"Shade {n}", price=9.0) for n in range(6)]
    policy = Policy(
        order=("accessories",), exploration=exploration, accessories=Accessories(items=items, per_session=10_000, per_day=10_000)
    )
    shop = a_shop(*shades, policy=Policy(order=()))
    for n in range(6):
        shop.looked_at_together(9 - n, "lamp", f"shade-{n}")
    shop.policy = policy
    shop.sees("ana", "rug")
    return shop


def answers(shop: Shop, events: int) -> list[tuple[tuple[str, float], ...]]:
    """Return (item, propensity) of each card, for as many views that differ in nothing but their event ids."""
    found = []
    for number in range(events):
        view = ViewItem(event_id=f"v{number}", event_time_ms=shop.now_ms, items=(Item("lamp", price=30.0),))
        cards = the_list(shop.answer(shop.occasion(view, "ana")), "accessories").items
        found.append(tuple((card.item_id, card.propensity) for card in cards))
    return found


def test_without_exploration_every_card_is_certain():
    [(first, second)] = set(answers(a_shop_of_six_shades(Exploration(0.0)), 50))
    assert (first[1], second[1]) == (1.0, 1.0)


def test_a_card_stands_in_the_last_place_as_often_as_its_propensity_says():
    usual = answers(a_shop_of_six_shades(Exploration(0.0)), 1)[0]
    events = 2_000
    found = answers(a_shop_of_six_shades(Exploration(0.4, among=3)), events)
    # then the first place is always its owner's
    assert {cards[0] for cards in found} == {(usual[0][0], 1.0)}
    # and the last one its owner's in 6 of 10, each of the three next ones' in 0.4 / 3
    last = Counter(cards[1] for cards in found)
    assert last[(usual[1][0], 0.6)] > 0
    assert len(last) == 1 + 3
    assert {item for (item, _) in last}.isdisjoint({usual[0][0]})
    assert sorted(propensity for _, propensity in last) == pytest.approx([0.4 / 3, 0.4 / 3, 0.4 / 3, 0.6])
    assert all(off(times, propensity, events) < CERTAIN for (_, propensity), times in last.items())


def test_the_answer_names_all_who_might_stand_in_the_last_place_with_their_probabilities():
    # given 2,000 answers that differ in nothing but the draw
    shop, events = a_shop_of_six_shades(Exploration(0.4, among=3)), 2_000
    views = [ViewItem(event_id=f"v{number}", event_time_ms=shop.now_ms, items=(Item("lamp", price=30.0),)) for number in range(events)]
    found = [shop.answer(shop.occasion(view, "ana")) for view in views]
    # then each says the same of its last place, whoever stands there, and it is what is counted
    [said] = {one.chances["accessories"] for one in found}
    assert sum(probability for _, probability in said) == pytest.approx(1.0)
    counted = Counter(the_list(one, "accessories").items[-1].item_id for one in found)
    assert set(counted) == set(dict(said))
    assert all(off(counted[item], probability, events) < CERTAIN for item, probability in said)
    # and its own card bears its own probability
    assert all(dict(said)[card.item_id] == card.propensity for one in found for card in the_list(one, "accessories").items[-1:])


def test_where_nothing_is_left_to_chance_no_chances_are_named():
    for exploration, items in ((Exploration(0.0), 2), (Exploration(1.0), 20)):
        shop = a_shop_of_six_shades(exploration, items=items)
        assert shop.sees("ana", "lamp").chances == {}


def test_a_list_that_shows_all_it_has_has_nothing_to_explore():
    [cards] = set(answers(a_shop_of_six_shades(Exploration(1.0), items=20), 20))
    assert {propensity for _, propensity in cards} == {1.0}


def test_the_same_question_is_drawn_for_in_the_same_way():
    shop = a_shop_of_six_shades(Exploration(0.5))
    assert answers(shop, 30) == answers(shop, 30)


# Customers who are held out


def test_the_share_of_customers_who_are_held_out_is_the_policy_s():
    of = 20_000
    held = sum(held_out(f"k1:{number}", Holdout(0.1)) for number in range(of))
    assert off(held, 0.1, of) < CERTAIN


def test_another_name_holds_out_others_and_a_larger_share_keeps_those_it_had():
    customers = [f"k1:{number}" for number in range(2_000)]
    tenth, third = ({one for one in customers if held_out(one, Holdout(share))} for share in (0.1, 0.3))
    assert tenth < third
    anew = {one for one in customers if held_out(one, Holdout(0.1, "spring"))}
    # of 200 or so, a tenth would be drawn again by chance: 20
    assert len(anew & tenth) < 50


def test_who_is_held_out_is_shown_nothing_and_the_rule_is_named_and_the_ranker_still_learns():
    shop = a_shop(policy=Policy(holdout=Holdout(1.0), always_speak=True))
    shop.looked_at_together(3, "lamp", "bulb")
    answer = shop.sees("ana", "rug", "lamp")
    assert answer.lists == ()
    assert set(answer.silences) == {(name, "holdout") for name in ("upgrades", "alternatives", "bundle", "accessories", "also_bought")}
    assert "bulb" in answer.ranked["browse"].items


def test_who_is_not_held_out_is_shown_what_he_would_be_shown_anyway():
    ana, free = "ana", Holdout(0.5, next(name for name in "abcdefgh" if not held_out("ana", Holdout(0.5, name))))
    assert listed(a_shop(policy=Policy(holdout=free)).sees(ana, "rug", "lamp"), "upgrades") == ["floor-lamp"]


def test_a_suggestion_says_that_there_is_a_holdout_only_where_there_is_one():
    assert (experiment(Holdout(0.1)), experiment(Holdout())) == ({"holdout": "shown"}, {})
