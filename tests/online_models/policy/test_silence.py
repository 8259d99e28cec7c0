from msgspec.structs import replace

from online_models.policy.lists import Accessories, Upgrades
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import BeginCheckout, Item, ViewItem
from tests.online_models.lamps import FLOOR_LAMP, LAMP, RUG, a_shop
from tests.online_models.shop import DAY_MS, MINUTE_MS, Shop, listed, the_card, the_list

# Silence


def test_the_first_view_of_a_stranger_stays_silent():
    answer = a_shop().sees("ana", "lamp")
    assert answer.lists == ()
    assert set(answer.silences) == {(name, "first_view") for name in ("upgrades", "alternatives", "bundle", "accessories", "also_bought")}


def test_the_first_view_of_somebody_known_does_not():
    shop = a_shop()
    shop.sees("ana", "rug", session="monday")
    assert listed(shop.after(days=2).sees("ana", "lamp", session="wednesday"), "upgrades") == ["floor-lamp"]


def test_a_click_in_a_list_and_the_look_that_it_leads_to_are_one_first_look():
    shop = a_shop()
    shop.clicks("ana", "lamp")
    assert ("upgrades", "first_view") in shop.sees("ana", "lamp").silences
    # when she comes back to it, she has shown interest
    assert listed(shop.sees("ana", "lamp"), "upgrades") == ["floor-lamp"]


def test_a_first_event_that_is_more_than_a_look_is_answered():
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb")
    assert listed(shop.puts_into_cart("ana", "lamp"), "accessories") == ["bulb"]


def test_who_looked_at_one_item_in_an_earlier_session_is_known_when_he_looks_at_it_again():
    shop = a_shop()
    shop.sees("ana", "lamp")
    assert listed(shop.after(minutes=31).sees("ana", "lamp"), "upgrades") == ["floor-lamp"]


def test_at_checkout_no_list_speaks_but_small_accessories():
    # given a customer who has been offered an upgrade, and a cart of 30.00
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb")
    assert listed(shop.sees("ana", "rug", "lamp"), "upgrades") == ["floor-lamp"]
    shop.puts_into_cart("ana", "lamp")
    event = BeginCheckout(event_id="pay", event_time_ms=shop.now_ms + 1, customer="ana", items=(Item("lamp", price=30.0),))
    # then upgrades and alternatives are not even asked
    answer = shop.answer(shop.occasion(event, "ana"))
    assert [shown.item_list_id for shown in answer.lists] == ["accessories"]
    assert answer.silences == (("top_up", "no_threshold"),)  # this shop names none


def test_a_day_s_cap_is_over_with_the_day():
    shop = a_shop(policy=Policy(upgrades=Upgrades(per_day=1)))
    shop.now_ms = 20_000 * DAY_MS + 23 * 60 * MINUTE_MS  # 23:00 UTC
    spoken = [bool(listed(shop.sees("ana", item), "upgrades")) for item in ("rug", "lamp", "lamp")]
    assert spoken == [False, True, False]
    assert listed(shop.after(minutes=60).sees("ana", "lamp"), "upgrades") == ["floor-lamp"]


def test_several_items_dismissed_at_once_are_one_no():
    shop = a_shop()
    shop.dismisses("ana", "chandelier", "rug", "bulb")
    assert listed(shop.sees("ana", "rug", "lamp"), "upgrades") == ["floor-lamp"]


def test_silence_still_ranks_so_that_it_can_teach():
    shop = a_shop()
    shop.looked_at_together(1, "lamp", "bulb")
    answer = shop.sees("ana", "lamp")
    assert answer.lists == ()
    assert "bulb" in answer.ranked["browse"].items


def test_a_dismissed_item_never_comes_back():
    shop = a_shop()
    shop.sees("ana", "rug", "lamp")
    shop.dismisses("ana", "floor-lamp")
    assert listed(shop.after(days=30).sees("ana", "rug", "lamp"), "upgrades") == []


def test_three_dismissals_within_an_hour_bring_a_day_of_silence():
    shop = a_shop()
    for item in ("chandelier", "rug", "bulb"):
        shop.dismisses("ana", item)
    assert ("upgrades", "paused") in shop.sees("ana", "rug", "lamp").silences
    assert listed(shop.after(days=1).sees("ana", "lamp"), "upgrades") == ["floor-lamp"]


def test_a_dismissed_list_rests_and_the_others_go_on():
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb")
    shop.dismisses("ana", item_list_id="upgrades")
    answer = shop.sees("ana", "rug", "lamp")
    assert ("upgrades", "list_dismissed") in answer.silences
    assert listed(answer, "accessories") == ["bulb"]


def test_a_list_that_has_spoken_often_enough_names_the_cap():
    shop = a_shop(policy=Policy(upgrades=Upgrades(per_session=2, per_day=3)))
    spoken = [bool(listed(shop.sees("ana", item), "upgrades")) for item in ("rug", "lamp", "clip-lamp", "lamp")]
    assert spoken == [False, True, True, False]
    assert ("upgrades", "session_cap") in shop.sees("ana", "lamp").silences
    # when a new visit begins on the same day, one more is left of three
    assert listed(shop.after(minutes=31).sees("ana", "lamp"), "upgrades")
    assert ("upgrades", "day_cap") in shop.sees("ana", "lamp").silences


def test_a_list_that_has_nothing_more_to_say_is_cleared():
    shop = a_shop()
    assert listed(shop.sees("ana", "rug", "lamp"), "upgrades") == ["floor-lamp"]
    answer = shop.sees("ana", "bulb")
    assert the_list(answer, "upgrades").items == ()
    assert ("upgrades", "nothing") in answer.silences


def test_a_list_that_never_spoke_is_not_cleared():
    assert [shown.item_list_id for shown in a_shop().sees("ana", "rug", "bulb").lists] == []


def test_what_is_withdrawn_or_out_of_stock_is_not_shown():
    shop = a_shop(CatalogItem("arc-lamp", item_category="Lamps", price=40.0, availability="out_of_stock"))
    shop.catalog.withdraw("floor-lamp")
    assert listed(shop.sees("ana", "rug", "lamp"), "upgrades") == []


def test_an_item_stands_in_the_first_list_of_the_policy_that_wants_it():
    floor = replace(FLOOR_LAMP, is_accessory_or_spare_part_for=("lamp",))
    shop = Shop(RUG, LAMP, floor)
    answer = shop.sees("ana", "rug", "lamp")
    assert (listed(answer, "upgrades"), listed(answer, "accessories")) == (["floor-lamp"], [])
    shop = Shop(RUG, LAMP, floor, policy=Policy(order=("accessories", "upgrades")))
    answer = shop.sees("ana", "rug", "lamp")
    assert (listed(answer, "upgrades"), listed(answer, "accessories")) == ([], ["floor-lamp"])


def test_a_list_that_the_policy_does_not_name_is_silent():
    shop = a_shop(policy=Policy(order=("accessories",)))
    assert listed(shop.sees("ana", "rug", "lamp"), "upgrades") == []


def test_who_opted_out_is_told_nothing():
    shop = a_shop(policy=Policy(always_speak=True))
    shop.looked_at_together(3, "lamp", "bulb")
    occasion = shop.occasion(ViewItem(event_id="v", event_time_ms=shop.now_ms, items=(Item("lamp"),)), "ana")
    answer = shop.answer(replace(occasion, profile=replace(occasion.profile, opted_out=True)))
    assert (answer.lists, answer.silences, answer.ranked) == ((), (), {})


# A policy that always speaks


EVERY_EVENT = ("view_item", "view_item_list", "select_item", "add_to_cart", "remove_from_cart", "purchase", "begin_checkout")


def a_talkative_shop() -> Shop:
    return Shop(policy=Policy(always_speak=True, order=("accessories",), accessories=Accessories(triggers=EVERY_EVENT, per_session=0)))


def test_a_policy_that_always_speaks_answers_the_very_first_view_as_soon_as_one_other_item_is_known():
    shop = a_talkative_shop()
    assert listed(shop.sees("bob", "lamp"), "accessories") == []
    answer = shop.sees("ana", "rug")
    assert listed(answer, "accessories") == ["lamp"]
    assert the_list(answer, "accessories").headline == "Popular at the moment"
    assert the_card(answer, "lamp").reason.text == "Popular at the moment."


def test_a_policy_that_always_speaks_knows_no_caps_and_no_bars():
    shop = a_talkative_shop()
    shop.sees("bob", "lamp")
    shop.buys("ana", "lamp")
    for _ in range(20):
        assert listed(shop.sees("ana", "rug"), "accessories") == ["lamp"]
        assert listed(shop.puts_into_cart("ana", "rug"), "accessories") == ["lamp"]
        assert listed(shop.takes_out("ana", "rug"), "accessories") == ["lamp"]
        assert listed(shop.buys("ana", "rug"), "accessories") == ["lamp"]


def test_a_fallback_to_what_is_popular_is_for_lists_that_have_nothing_better():
    shop = a_shop(policy=Policy(popularity_fallback=True, order=("accessories",)))
    shop.looked_at_together(2, "chandelier")
    shop.looked_at_together(1, "bulb")
    assert listed(shop.sees("ana", "rug", "lamp"), "accessories") == ["chandelier", "bulb"]
