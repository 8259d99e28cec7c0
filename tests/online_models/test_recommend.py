import pytest
from msgspec.structs import replace

from online_models.policy.lists import Accessories, Upgrades
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem, Rating, SalePeriod, Tier
from stream.contracts.events import BeginCheckout, Item, ViewItem
from tests.online_models.lamps import BULB, FLOOR_LAMP, LAMP, RUG, a_shop
from tests.online_models.shop import MINUTE_MS, NOON_MS, Shop, listed, the_card, the_list

# Accessories


def test_a_lamp_in_the_cart_brings_the_bulbs_that_others_took_with_it():
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb")
    shop.ordered_together(1, "lamp", "rug")
    # when ana puts the lamp into her cart
    answer = shop.puts_into_cart("ana", "lamp")
    # then the bulb is shown with the figures of 3 orders among the 4 with a lamp; one order with a rug is no evidence
    assert listed(answer, "accessories") == ["bulb"]
    reason = the_card(answer, "bulb").reason
    assert reason.code == "bought_together"
    assert reason.evidence == {"anchor": "lamp", "together": 3, "of": 4}
    assert reason.text == "In 3 of 4 orders with Desk lamp, this was taken too."


def test_two_orders_are_no_figures_to_boast_of():
    shop = a_shop()
    shop.ordered_together(2, "lamp", "bulb")
    reason = the_card(shop.puts_into_cart("ana", "lamp"), "bulb").reason
    assert reason.text == "Has been bought together with Desk lamp."


def test_what_the_shop_relates_needs_nobody_who_bought_it():
    shade = CatalogItem("shade", item_name="Linen shade", item_category="Shades", price=9.0, is_accessory_or_spare_part_for=("lamp",))
    card = the_card(a_shop(shade).puts_into_cart("ana", "lamp"), "shade")
    assert (card.relation, card.reason.code, card.reason.text) == ("accessory_of", "made_for", "Made for Desk lamp.")


def test_what_the_shop_relates_takes_at_most_half_of_the_places_while_others_have_evidence():
    shades = [CatalogItem(f"shade-{n}", is_accessory_or_spare_part_for=("lamp",)) for n in range(5)]
    shop = a_shop(*shades)
    shop.ordered_together(3, "lamp", "bulb", "rug")
    found = listed(shop.puts_into_cart("ana", "lamp"), "accessories")
    assert found[:2] == ["shade-0", "shade-1"]
    assert sorted(found[2:]) == ["bulb", "rug"]


def test_what_is_in_the_cart_is_never_shown():
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb", "rug")
    shop.puts_into_cart("ana", "bulb")
    assert listed(shop.puts_into_cart("ana", "lamp"), "accessories") == ["rug"]


def test_what_was_taken_out_of_the_cart_again_may_be_shown():
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb")
    shop.puts_into_cart("ana", "bulb")
    shop.takes_out("ana", "bulb")
    assert listed(shop.puts_into_cart("ana", "lamp"), "accessories") == ["bulb"]


def test_without_orders_a_shop_shows_what_others_looked_at_along_with_it():
    shop = a_shop()
    shop.looked_at_together(3, "lamp", "bulb")
    shop.looked_at_together(3, "lamp", "floor-lamp")
    answer = shop.sees("ana", "rug", "lamp")
    # then the bulb: the floor lamp is of the lamp's own kind, which goes instead of it and not with it
    assert listed(answer, "accessories") == ["bulb"]
    assert the_card(answer, "bulb").reason.text == "Often looked at together with Desk lamp."


def test_what_goes_with_the_items_before_follows_what_goes_with_the_one_on_screen():
    shop = a_shop(CatalogItem("vase", item_name="Vase", item_category="Vases"))
    shop.looked_at_together(3, "lamp", "bulb")
    shop.looked_at_together(4, "rug", "vase")
    answer = shop.sees("ana", "rug", "lamp")
    assert listed(answer, "accessories") == ["bulb", "vase"]
    assert the_card(answer, "vase").reason.text == "Often looked at together with Wool rug."
    assert the_list(answer, "accessories").headline == "Others also looked at"


def test_a_headline_names_the_item_that_all_reasons_are_about():
    shop = a_shop(policy=Policy(order=("accessories",)))
    shop.ordered_together(3, "lamp", "bulb")
    shop.ordered_together(3, "rug", "vase")
    assert the_list(shop.puts_into_cart("ana", "lamp"), "accessories").headline == "Goes with Desk lamp"
    assert the_list(shop.puts_into_cart("ana", "rug"), "accessories").headline == "Goes with what you chose"


def test_one_s_own_visit_is_no_evidence():
    shop = a_shop(policy=Policy(accessories=Accessories(min_evidence=1)))
    assert listed(shop.sees("ana", "bulb", "rug", "lamp"), "accessories") == []


def test_at_checkout_only_small_things_are_offered():
    # given a cart of 30.00, of which a quarter is 7.50
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb", "rug")
    shop.puts_into_cart("ana", "lamp")
    event = BeginCheckout(event_id="pay", event_time_ms=shop.now_ms + 1, customer="ana", items=(Item("lamp", price=30.0),))
    # then the bulb for 2.50 is, the rug for 80.00 is not
    assert listed(shop.answer(shop.occasion(event, "ana")), "accessories") == ["bulb"]


def test_what_was_bought_lately_is_not_shown_and_comes_back_when_the_time_is_over():
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb")
    shop.buys("ana", "bulb")
    assert listed(shop.after(days=59).sees("ana", "rug", "lamp"), "accessories") == []


def test_a_consumable_comes_back_when_it_is_due():
    # given bulbs that last 100 days, of which 80 % are 80 days
    shop = Shop(LAMP, RUG, replace(BULB, consumable_days=100.0))
    shop.buys("ana", "bulb")
    assert listed(shop.after(days=79).puts_into_cart("ana", "rug"), "accessories") == []
    answer = shop.after(days=2).puts_into_cart("ana", "lamp")
    assert listed(answer, "accessories") == ["bulb"]
    assert the_card(answer, "bulb").reason.text == "You last bought this 81 days ago."


# Upgrades


def test_the_smallest_sensible_step_up_is_shown_and_nothing_beyond_the_band():
    answer = a_shop().sees("ana", "rug", "lamp")
    # 36.00 / 30.00 = 1.2 lies within 1.05 .. 2.5; 240.00 / 30.00 = 8 does not; the clip-on lamp is cheaper
    assert listed(answer, "upgrades") == ["floor-lamp"]
    card = the_card(answer, "floor-lamp")
    assert (card.price, card.price_difference, card.relation) == (36.0, 6.0, "dearer_of_kind")
    assert card.reason.text == "Same kind, £6.00 more."


def test_a_band_that_the_shop_widens_lets_more_in():
    policy = Policy(upgrades=Upgrades(price_ratio=replace(Policy().upgrades.price_ratio, max=9.0), usual_ratio=9.0))
    assert listed(a_shop(policy=policy).sees("ana", "rug", "lamp"), "upgrades") == ["floor-lamp", "chandelier"]


def test_nobody_is_offered_much_more_than_he_usually_pays():
    policy = Policy(upgrades=Upgrades(usual_ratio=1.1))
    # 36.00 is more than 1.1 * 30.00 = 33.00
    assert listed(a_shop(policy=policy).sees("ana", "rug", "lamp"), "upgrades") == []


def test_a_sale_that_is_over_no_longer_makes_an_upgrade_affordable():
    # given a lamp of 100.00 that costs 40.00 until noon and five minutes: first 40 / 30 = 1.33, then 100 / 30 = 3.33
    over_ms = NOON_MS + 5 * MINUTE_MS
    arc = CatalogItem("arc-lamp", item_category="Lamps", price=100.0, sale_price=40.0, sale_price_effective_date=SalePeriod(0, over_ms))
    shop = a_shop(arc)
    assert listed(shop.sees("ana", "rug", "lamp"), "upgrades") == ["floor-lamp", "arc-lamp"]
    assert listed(shop.after(minutes=5).sees("ana", "lamp"), "upgrades") == ["floor-lamp"]


def test_the_next_of_a_graded_line_comes_before_the_one_after_it():
    kettles = [
        CatalogItem(f"kettle-{rank}", item_name=f"Kettle {rank}", price=20.0 + 8 * rank, tier=Tier("kettle", rank)) for rank in (1, 2, 3)
    ]
    answer = Shop(RUG, *kettles).sees("ana", "rug", "kettle-1")
    assert listed(answer, "upgrades") == ["kettle-2", "kettle-3"]
    assert the_card(answer, "kettle-2").reason.text == "The next step up in the same line, 8.00 more."


def test_without_categories_the_title_says_what_is_of_the_same_kind():
    titles = {"small": ("LUNCH BAG RED RETROSPOT", 1.65), "jumbo": ("JUMBO BAG RED RETROSPOT", 2.08), "sign": ("METAL DOOR SIGN", 2.10)}
    shop = Shop(*[CatalogItem(item, item_name=name, price=price) for item, (name, price) in titles.items()])
    assert listed(shop.sees("ana", "sign", "small"), "upgrades") == ["jumbo"]


def test_one_rare_word_makes_a_motif_and_not_a_kind():
    titles = {"garland": ("OWLS GARLAND", 2.0), "bag": ("OWLS BAG", 3.0)}
    shop = Shop(RUG, *[CatalogItem(item, item_name=name, price=price) for item, (name, price) in titles.items()])
    assert listed(shop.sees("ana", "rug", "garland"), "upgrades") == []


def test_a_kind_that_only_titles_tell_is_called_similar():
    shop = Shop(RUG, CatalogItem("s", item_name="Lunch bag red", price=2.0), CatalogItem("l", item_name="Jumbo bag red", price=3.0))
    assert the_card(shop.sees("ana", "rug", "s", currency="GBP"), "l").reason.text == "Similar, £1.00 more."


def test_better_ratings_are_a_benefit_and_the_shop_s_own_words_come_first():
    rated = replace(FLOOR_LAMP, rating=Rating(4.6, 12))
    shop = Shop(RUG, replace(LAMP, rating=Rating(4.1, 30)), rated)
    assert the_card(shop.sees("ana", "rug", "lamp"), "floor-lamp").benefit == "Rated 4.6 instead of 4.1"
    shop.catalog.put(replace(rated, benefits={"en": "Lights the whole room", "ja": "部屋全体を照らします"}))
    assert the_card(shop.sees("ana", "lamp"), "floor-lamp").benefit == "Lights the whole room"


def test_a_mean_of_few_ratings_is_no_benefit():
    shop = Shop(RUG, replace(LAMP, rating=Rating(4.1, 30)), replace(FLOOR_LAMP, rating=Rating(5.0, 4)))
    assert the_card(shop.sees("ana", "rug", "lamp"), "floor-lamp").benefit is None


# Texts


def test_a_japanese_customer_reads_japanese():
    shop = a_shop()
    shop.catalog.put(replace(LAMP, item_name="デスクランプ", currency="JPY", price=3000.0))
    shop.catalog.put(replace(FLOOR_LAMP, currency="JPY", price=3600.0, benefits={"ja": "部屋全体を照らします", "en": "Lights the room"}))
    shop.ordered_together(3, "lamp", "bulb")
    shop.sees("ana", "rug", language="ja-JP")
    answer = shop.sees("ana", "lamp")
    assert the_list(answer, "upgrades").headline == "デスクランプよりワンランク上の品"
    card = the_card(answer, "floor-lamp")
    assert (card.reason.text, card.benefit) == ("プラス¥600で、部屋全体を照らします", "部屋全体を照らします")
    assert the_card(answer, "bulb").reason.text == "デスクランプを含むご注文3件のうち3件で、一緒に選ばれています。"


def test_the_shop_s_words_are_not_shown_in_a_language_that_the_customer_does_not_read():
    shop = a_shop()
    shop.catalog.put(replace(FLOOR_LAMP, benefits={"ja": "部屋全体を照らします"}))
    assert the_card(shop.sees("ana", "rug", "lamp"), "floor-lamp").benefit is None


# The answer as such


def test_asking_twice_gives_the_same_answer_and_changes_nothing():
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb")
    shop.sees("ana", "rug")
    occasion = shop.occasion(ViewItem(event_id="v", event_time_ms=shop.now_ms, items=(Item("lamp", price=30.0),)), "ana")
    before = shop.memory.version, shop.catalog.version, occasion.profile
    first, second = shop.answer(occasion), shop.answer(occasion)
    assert first.lists == second.lists
    assert first.silences == second.silences
    assert [one.features.tobytes() for one in first.ranked.values()] == [one.features.tobytes() for one in second.ranked.values()]
    assert (shop.memory.version, shop.catalog.version, occasion.profile) == before


@pytest.mark.parametrize("name", ["accessories", "upgrades"])
def test_cards_are_numbered_from_0_and_best_first(name: str):
    more = [CatalogItem(f"lamp-{n}", item_category="Lamps", price=40.0 + n) for n in range(6)]
    shop = a_shop(*more)
    shop.ordered_together(3, "lamp", "bulb", "rug")
    cards = the_list(shop.sees("ana", "clip-lamp", "lamp"), name).items
    assert len(cards) > 1
    assert [card.index for card in cards] == list(range(len(cards)))
    assert [card.score for card in cards] == sorted([card.score for card in cards], reverse=True)


def test_an_unknown_item_in_an_empty_shop_is_no_fault():
    answer = Shop().sees("ana", "mystery", "riddle")
    assert answer.lists == ()
