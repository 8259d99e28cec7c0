from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec.structs import replace

from online_models.policy.balance import Diversity, Margin
from online_models.policy.campaigns import Campaign
from online_models.policy.lists import Accessories, Upgrades
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem, SalePeriod
from tests.online_models.lamps import FLOOR_LAMP, LAMP, RUG, a_shop
from tests.online_models.shop import NOON_MS, Shop, listed, the_card

NOON = datetime.fromtimestamp(NOON_MS / 1000, UTC)
BULBS = [CatalogItem(f"bulb-{n}", item_name=f"Bulb {n}", item_category="Bulbs", price=2.0 + n, currency="GBP") for n in range(5)]
VASE = CatalogItem("vase", item_name="Vase", item_category="Vases", item_brand="Alba", price=20.0, currency="GBP")


def a_campaign(**fields: Any) -> Campaign:
    """Return a campaign that runs for a day from noon on, for the vase."""
    said = {"name": "vases", "starts": NOON, "ends": NOON + timedelta(days=1), "items": frozenset({"vase"}), "boost": 9.0} | fields
    return Campaign(**said)


def a_shop_of_bulbs(policy: Policy) -> Shop:
    """Five bulbs, each looked at together with the lamp more often than the next one, and a vase that three looked at."""
    shop = Shop(LAMP, RUG, VASE, *BULBS, policy=Policy(order=()))
    for n in range(5):
        shop.looked_at_together(9 - n, "lamp", f"bulb-{n}")
    shop.looked_at_together(3, "lamp", "vase")
    shop.now_ms, shop.policy = NOON_MS, policy
    return shop


def accessories(shop: Shop) -> list[str]:
    return listed(shop.sees("ana", "rug", "lamp"), "accessories")


ONLY = Policy(order=("accessories",))
AS_RANKED = replace(ONLY, diversity=Diversity(0.0))


# Variety


def test_a_list_is_not_four_of_one_category_where_the_catalogue_has_others():
    # given a ranker that would show four bulbs
    plain = accessories(a_shop_of_bulbs(AS_RANKED))
    assert [item.split("-")[0] for item in plain] == ["bulb"] * 4
    # when variety counts, as it does by default
    varied = accessories(a_shop_of_bulbs(ONLY))
    # then the best one stays first, the vase comes in, and the rest are bulbs in their order
    assert varied[0] == plain[0]
    assert "vase" in varied
    assert [item for item in varied if item != "vase"] == plain[:3]


def test_lists_that_are_of_one_kind_by_design_stay_so():
    more = [CatalogItem(f"lamp-{n}", item_category="Lamps", price=40.0 + n) for n in range(6)]
    shown = [
        listed(a_shop(*more, policy=Policy(diversity=Diversity(weight))).sees("ana", "rug", "lamp"), "upgrades") for weight in (0.0, 1.0)
    ]
    assert shown[0] == shown[1]
    assert len(shown[0]) == 3


def test_a_shop_without_categories_is_shown_what_it_was():
    def shown(weight: float) -> list[str]:
        shop = Shop(policy=replace(ONLY, diversity=Diversity(weight)))
        for n in range(6):
            shop.looked_at_together(9 - n, "lamp", f"bulb-{n}")
        return accessories(shop)

    assert shown(0.3) == shown(0.0)
    assert len(shown(0.3)) == 4


# Margin


def test_margin_counts_only_where_the_policy_says_so():
    def shown(weight: float) -> list[str]:
        shop = a_shop_of_bulbs(replace(AS_RANKED, margin=Margin(weight)))
        shop.catalog.put(replace(VASE, margin=0.9))
        return accessories(shop)

    assert "vase" not in shown(0.0)
    assert shown(9.0)[0] == "vase"


# Campaigns


def test_within_its_dates_a_campaign_lifts_what_belongs_to_it_and_says_so():
    words = {"en": "Vase week: {discount_percent} % off at checkout", "ja": "花瓶フェア"}
    policy = replace(AS_RANKED, campaigns=(a_campaign(discount_percent=12.5, benefit=words),))
    answer = a_shop_of_bulbs(policy).sees("ana", "rug", "lamp")
    assert listed(answer, "accessories")[0] == "vase"
    card = the_card(answer, "vase")
    assert card.benefit == "Vase week: 12.5 % off at checkout"
    assert (card.reason.evidence["campaign"], card.reason.evidence["discount_percent"]) == ("vases", 12.5)
    # and the reason stays what customers did, and the others' cards say nothing of it
    assert card.reason.code == "looked_at_together"
    assert "campaign" not in the_card(answer, listed(answer, "accessories")[1]).reason.evidence


def test_before_and_after_its_dates_a_campaign_is_as_if_it_were_not_there():
    starts = NOON + timedelta(minutes=10)
    shop = a_shop_of_bulbs(replace(AS_RANKED, campaigns=(a_campaign(starts=starts, ends=starts + timedelta(hours=1)),)))
    plain = a_shop_of_bulbs(AS_RANKED)
    for minutes, runs in ((0, False), (15, True), (60, False)):
        with_it, without = accessories(shop.after(minutes=minutes)), accessories(plain.after(minutes=minutes))
        assert ("vase" in with_it, with_it == without) == (runs, not runs)


def test_the_first_millisecond_belongs_to_a_campaign_and_the_last_does_not():
    tokyo = timezone(timedelta(hours=9))
    campaign = a_campaign(starts=datetime(2025, 11, 28, tzinfo=tokyo), ends=datetime(2025, 11, 29, tzinfo=tokyo))
    starts_ms = 1_764_255_600_000  # 2025-11-27T15:00Z: 20,419 days of 86,400,000 ms since 1970, and 15 hours
    assert starts_ms == 20_419 * 86_400_000 + 15 * 3_600_000
    assert [campaign.runs(starts_ms + ms) for ms in (-1, 0, 86_399_999, 86_400_000)] == [False, True, True, False]


@pytest.mark.parametrize("by", [{"items": {"vase"}}, {"categories": {"Vases"}}, {"brands": {"Alba"}}])
def test_an_item_belongs_to_a_campaign_by_id_category_or_brand(by: dict[str, set[str]]):
    campaign = a_campaign(**{"items": frozenset(), **{name: frozenset(values) for name, values in by.items()}})
    assert accessories(a_shop_of_bulbs(replace(AS_RANKED, campaigns=(campaign,))))[0] == "vase"


def test_of_two_campaigns_the_one_that_lifts_more_speaks():
    two = (a_campaign(name="weak", boost=0.5, benefit={"en": "weak"}), a_campaign(name="strong", benefit={"en": "strong"}))
    assert the_card(a_shop_of_bulbs(replace(AS_RANKED, campaigns=two)).sees("ana", "rug", "lamp"), "vase").benefit == "strong"


def test_the_price_stays_the_catalogue_s_and_the_shop_s_own_words_stay_where_a_campaign_has_none():
    shop = a_shop_of_bulbs(replace(AS_RANKED, campaigns=(a_campaign(discount_percent=50, benefit={"ja": "半額"}),)))
    sale = SalePeriod(0, NOON_MS + 60 * 60_000)
    shop.catalog.put(replace(VASE, sale_price=16.0, sale_price_effective_date=sale, benefits={"en": "Holds a bouquet"}))
    card = the_card(shop.sees("ana", "rug", "lamp"), "vase")
    assert (card.price, card.benefit) == (16.0, "Holds a bouquet")


def test_a_campaign_does_not_bring_in_what_a_list_may_not_show():
    chandeliers = a_campaign(items=frozenset({"chandelier", "rug", "lamp"}))
    answer = a_shop(policy=Policy(campaigns=(chandeliers,))).sees("ana", "rug", "lamp")
    # 240.00 / 30.00 = 8 lies beyond the band of upgrades
    assert listed(answer, "upgrades") == [FLOOR_LAMP.item_id]


def test_a_campaign_lifts_an_upgrade_from_beyond_those_that_would_be_shown():
    more = [CatalogItem(f"lamp-{n}", item_category="Lamps", price=40.0 + n, currency="GBP") for n in range(6)]
    policy = Policy(order=("upgrades",), upgrades=Upgrades(items=2))
    plain = listed(a_shop(*more, policy=policy).sees("ana", "rug", "lamp"), "upgrades")
    last = "lamp-5"
    assert last not in plain
    lifted = a_shop(*more, policy=replace(policy, campaigns=(a_campaign(items=frozenset({last})),)))
    assert listed(lifted.sees("ana", "rug", "lamp"), "upgrades") == [last, plain[0]]


def test_a_list_shows_no_more_than_its_policy_says():
    policy = replace(ONLY, campaigns=(a_campaign(),), accessories=Accessories(items=3))
    assert len(accessories(a_shop_of_bulbs(policy))) == 3
