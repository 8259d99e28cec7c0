"""What the uptake model knows of a card."""

from math import log

import pytest
from msgspec.structs import replace

from features.profile import EMPTY, Shown
from features.session import Session
from features.shown import dismissed, said
from online_models.occasion import Occasion
from online_models.uptake.features import FEATURES, features_of
from stream.contracts.events import AddToCart, Item, ViewItem
from stream.contracts.suggestion import ListId, Reason, SuggestedItem, SuggestedList
from tests.online_models.records import NOON_MS

NOTHING_SHOWN = Shown()


def a_card(
    index: int = 0, score: float = 1.0, *, price: float | None = 20.0, difference: float | None = 10.0, **more: object
) -> SuggestedItem:
    return SuggestedItem(f"item-{index}", index, score, Reason("code", ""), price=price, price_difference=difference, **more)  # type: ignore[arg-type]


def an_occasion(shown: Shown = NOTHING_SHOWN, *, kind: type = ViewItem, length: int = 0, baskets: int = 0) -> Occasion:
    event = kind(event_id="e", event_time_ms=NOON_MS, items=(Item("lamp"),))
    return Occasion(event, "ana", Session("s", NOON_MS, length=length), replace(EMPTY, shown=shown, n_baskets=baskets))


def features(*cards: SuggestedItem, name: ListId = "accessories", occasion: Occasion | None = None) -> list[dict[str, float]]:
    x = features_of(SuggestedList(name, "", cards), occasion or an_occasion(), NOON_MS)
    return [dict(zip(FEATURES, row, strict=True)) for row in x]


def test_a_card_tells_its_list_and_its_place_in_it():
    first, second = features(a_card(0, 2.0), a_card(1, 2.0 - log(3)), name="upgrades")
    assert (first["list_upgrades"], first["list_accessories"], first["first"], second["first"]) == (1, 0, 1, 0)
    # e^2 and e^2 / 3: three quarters and one quarter
    assert (first["score_share"], second["score_share"]) == pytest.approx((0.75, 0.25))
    assert second["score_below_best"] == pytest.approx(log(3) / 10)
    assert second["log_index"] == pytest.approx(log(2) / log(101))


def test_a_price_is_told_as_its_ratio_to_the_item_on_screen():
    [dearer] = features(a_card(price=20.0, difference=10.0))  # 20 beside 10
    assert dearer["log_price_ratio"] == dearer["log_price_distance"] == pytest.approx(log(2) / log(10))
    [cheaper] = features(a_card(price=5.0, difference=-5.0))  # 5 beside 10
    assert (cheaper["log_price_ratio"], cheaper["log_price_distance"]) == pytest.approx((-log(2) / log(10), log(2) / log(10)))


@pytest.mark.parametrize(("price", "difference"), [(None, None), (20.0, None), (20.0, 20.0), (0.0, -5.0)])
def test_a_ratio_that_does_not_exist_is_told_as_unknown(price: float | None, difference: float | None):
    [card] = features(a_card(price=price, difference=difference))
    assert (card["price_unknown"], card["log_price_ratio"]) == (1, 0)


def test_what_stands_behind_a_card_is_told():
    orders = Reason("bought_together", "", {"together": 30, "of": 40, "anchor": "lamp"})
    [card] = features(replace(a_card(), relation="bought_with", reason=orders))
    assert (card["bought_together"], card["seen_together"], card["evidence_share"]) == (1, 0, 0.75)  # 30 of 40
    assert card["log_evidence"] == pytest.approx(log(31) / log(1001))


def test_what_the_customer_did_and_was_shown_before_is_told():
    shown = replace(dismissed(said(Shown(), ["accessories"], session="s", now_ms=NOON_MS), ["rug"], None, NOON_MS), impressions=3)
    [card] = features(a_card(), occasion=an_occasion(shown, kind=AddToCart, length=9, baskets=2))
    assert card["log_session_length"] == pytest.approx(log(10) / log(101))
    assert card["log_list_shown"] == card["log_dismissed"] == pytest.approx(log(2) / log(101))
    assert card["log_impressions"] == pytest.approx(log(4) / log(101))
    assert (card["bought_before"], card["after_cart"], card["at_checkout"]) == (1, 1, 0)


def test_no_feature_leaves_its_bounds_however_odd_the_card():
    much = Reason("code", "", {"together": 10**9, "of": 1})
    cards = [a_card(0, 1e6, price=1e12, difference=1e12 - 1e-9), a_card(1, -1e6, price=1e-9, difference=-1e9), a_card(19)]
    odd = [replace(card, reason=much, relation="of_another_release") for card in cards]
    x = features_of(SuggestedList("plans", "", tuple(odd)), an_occasion(replace(Shown(), impressions=10**9), length=10**6), NOON_MS)
    assert max(abs(value) for row in x for value in row) == 1  # the constant


def test_a_list_without_cards_has_no_features():
    assert features_of(SuggestedList("plans", "", ()), an_occasion(), NOON_MS) == ()
