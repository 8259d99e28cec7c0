"""Another plan of the same line, from what the meter says."""

from typing import Any

from msgspec.structs import replace

from online_models.policy.lists import Plans
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem, Tier
from tests.online_models.shop import DAY_MS, Shop, listed, the_card, the_list

SMALL, MEDIUM, LARGE = (
    CatalogItem(
        f"phone-{name}",
        item_name=f"Phone {name.upper()}",
        price=price,
        currency="GBP",
        tier=Tier("phone", rank),
        specs={"limit:data_gb": limit},
        benefits={"en": benefit},
    )
    for rank, (name, price, limit, benefit) in enumerate(
        [("s", 8.0, 5, "Mails on the way"), ("m", 14.0, 20, "Films on the train"), ("l", 25.0, "unlimited", "Never count again")]
    )
)
GUEST = CatalogItem("guest", item_name="Guest", price=0.0, currency="GBP", tier=Tier("news", 0), specs={"articles": 5})
READER = CatalogItem("reader", item_name="Reader", price=6.0, currency="GBP", tier=Tier("news", 1), specs={"articles": "unlimited"})
NAMES = {"data_gb": {"en": "GB of data", "ja": "ギガバイト"}, "articles": {"en": "articles", "ja": "記事"}}


def a_shop(*more: CatalogItem, **rules: Any) -> Shop:
    return Shop(SMALL, MEDIUM, LARGE, GUEST, READER, *more, policy=Policy(plans=Plans(metrics=NAMES, **rules)))


def data(shop: Shop, plan_id: str, used: float, limit: float, **fields: Any) -> Any:
    return shop.uses("ana", plan_id, used, limit, "data_gb", **fields)


def test_a_phone_plan_that_is_nearly_used_up_brings_the_next_one():
    answer = data(a_shop(), "phone-s", 4.5, 5)
    # 4.5 / 5 = 0.9 is at least 0.8
    assert listed(answer, "plans") == ["phone-m"]
    assert the_list(answer, "plans").headline == "Close to the limit of Phone S"
    card = the_card(answer, "phone-m")
    assert (card.price, card.price_difference, card.benefit, card.relation) == (14.0, 6.0, "Films on the train", "next_plan")
    assert card.reason.text == "4.5 of 5 GB of data used; this plan has 20."
    assert card.reason.evidence == {"anchor": "phone-s", "metric": "data_gb", "used": 4.5, "limit": 5, "plan_limit": 20}


def test_below_the_share_nothing_is_said():
    answer = data(a_shop(), "phone-s", 3.9, 5)
    assert listed(answer, "plans") == []
    assert ("plans", "usage_midway") in answer.silences


def test_a_plan_without_limit_says_so():
    answer = data(a_shop(), "phone-m", 20, 20)
    assert the_list(answer, "plans").headline == "The limit of Phone M is reached"
    assert the_card(answer, "phone-l").reason.text == "20 of 20 GB of data used; this plan has no limit."


def test_a_plan_whose_limit_nobody_knows_is_the_next_plan_and_no_more():
    shop = a_shop()
    shop.catalog.put(replace(MEDIUM, specs={}))
    assert the_card(data(shop, "phone-s", 5, 5), "phone-m").reason.text == "5 of 5 GB of data used; this is the next plan."


def test_a_plan_that_lifts_another_limit_only_is_passed_over():
    shop = a_shop()
    shop.catalog.put(replace(MEDIUM, specs={"limit:data_gb": 5}))
    assert listed(data(shop, "phone-s", 5, 5), "plans") == ["phone-l"]


def test_a_news_site_offers_its_plan_at_the_end_of_the_free_articles_and_not_before():
    shop = a_shop()
    assert ("plans", "usage_midway") in shop.uses("ana", "guest", 4, 5).silences  # 4 / 5 is near, but this meter costs nothing
    answer = shop.uses("ana", "guest", 5, 5, language="ja")
    assert listed(answer, "plans") == ["reader"]
    assert the_card(answer, "reader").reason.text == "記事は5のうち5をお使いです。このプランには上限がありません。"
    assert the_list(answer, "plans").headline == "Guestの上限に達しました"


def test_who_uses_little_is_told_of_the_smaller_plan_that_still_has_room():
    answer = data(a_shop(), "phone-m", 2, 20)
    # 2 / 20 = 0.1 is at most 0.2, and 2 is at most 0.6 * 5 = 3
    assert listed(answer, "plans") == ["phone-s"]
    card = the_card(answer, "phone-s")
    assert card.reason.text == "2 of 20 GB of data used; this plan has 5, for £6.00 less."
    assert (card.price_difference, card.relation) == (-6.0, "smaller_plan")
    assert the_list(answer, "plans").headline == "Less than Phone M may be enough"


def test_a_smaller_plan_without_room_is_not_offered():
    answer = data(a_shop(), "phone-m", 3.5, 20)  # more than 0.6 * 5 = 3
    assert listed(answer, "plans") == []
    assert ("plans", "no_other_plan") in answer.silences


def test_every_meter_of_the_plan_has_to_allow_the_smaller_one():
    shop = a_shop()
    for plan, minutes in ((SMALL, 60), (MEDIUM, 300)):
        shop.catalog.put(replace(plan, specs={**plan.specs, "limit:minutes": minutes}))
    # given 250 of 300 minutes of calls
    shop.uses("ana", "phone-m", 250, 300, "minutes")
    assert ("plans", "usage_midway") in data(shop, "phone-m", 2, 20).silences
    # when the next month's meter stands at 20 minutes, which is at most 0.6 * 60
    shop.after(days=30).uses("ana", "phone-m", 20, 300, "minutes")
    assert listed(data(shop, "phone-m", 2, 20), "plans") == ["phone-s"]


def test_little_use_at_the_start_of_a_month_is_no_sign():
    shop = a_shop()
    early = data(shop, "phone-m", 2, 20, resets_ms=shop.now_ms + 20 * DAY_MS)
    assert ("plans", "usage_too_early") in early.silences
    assert listed(data(shop, "phone-m", 2, 20, resets_ms=shop.now_ms + 5 * DAY_MS), "plans") == ["phone-s"]


def test_a_plan_that_is_not_cheaper_is_no_smaller_plan():
    shop = a_shop()
    shop.catalog.put(replace(SMALL, price=14.0))
    assert listed(data(shop, "phone-m", 2, 20), "plans") == []


def test_a_reading_that_comes_late_is_not_answered():
    shop = a_shop()
    data(shop, "phone-s", 1, 5)
    shop.after(minutes=-10)
    assert ("plans", "usage_superseded") in data(shop, "phone-s", 5, 5).silences


def test_what_the_catalogue_does_not_know_is_left_alone():
    shop = a_shop(CatalogItem("lone", item_name="Lone plan", price=5.0))
    for plan in ("nowhere", "lone"):
        assert ("plans", "plan_unknown") in data(shop, plan, 5, 5).silences
    assert ("plans", "plan_without_limit") in data(shop, "phone-s", 5, 0).silences


def test_a_plan_that_is_withdrawn_or_sold_out_or_dismissed_is_never_offered():
    shop = a_shop()
    shop.catalog.withdraw("phone-m")
    assert listed(data(shop, "phone-s", 5, 5), "plans") == ["phone-l"]
    shop.catalog.put(replace(LARGE, availability="out_of_stock"))
    assert ("plans", "no_other_plan") in data(shop, "phone-s", 5, 5).silences
    shop.catalog.put(LARGE)
    shop.dismisses("ana", "phone-l")
    assert listed(data(shop, "phone-s", 5, 5), "plans") == []


def test_caps_pauses_and_a_dismissed_list_hold_for_events_without_items_too():
    shop = a_shop(per_day=1)
    assert listed(data(shop, "phone-s", 5, 5), "plans") == ["phone-m"]
    assert ("plans", "day_cap") in data(shop, "phone-s", 5, 5).silences
    shop.after(days=1).dismisses("ana", item_list_id="plans")
    assert ("plans", "list_dismissed") in data(shop, "phone-s", 5, 5).silences
    shop.after(days=3)
    for item in ("a", "b", "c"):
        shop.dismisses("ana", item)
    assert ("plans", "paused") in data(shop, "phone-s", 5, 5).silences


def test_an_offer_is_taken_back_once_its_reason_is_gone():
    shop = a_shop()
    assert listed(data(shop, "phone-s", 5, 5, session="visit"), "plans") == ["phone-m"]
    # when the meter begins anew in the same visit
    answer = data(shop, "phone-s", 2.5, 5, session="visit")
    assert the_list(answer, "plans").items == ()


def test_a_meter_without_a_name_is_called_as_the_events_call_it():
    shop = Shop(SMALL, MEDIUM)
    assert the_card(data(shop, "phone-s", 5, 5), "phone-m").reason.text == "5 of 5 data gb used; this plan has 20."


def test_what_another_list_took_is_no_plan_to_offer():
    # given a shop that lets another list answer usage events, too
    policy = Policy()
    policy = replace(policy, order=("upgrades", "plans"), upgrades=replace(policy.upgrades, triggers=("usage",)))
    answer = data(Shop(SMALL, MEDIUM, LARGE, policy=policy), "phone-s", 5, 5)
    assert listed(answer, "upgrades") == ["phone-m"]
    assert listed(answer, "plans") == ["phone-l"]
