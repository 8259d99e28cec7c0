"""What policies say, counted."""

from collections import Counter

import pytest

from online_models.recommend import Recommendation
from stream.compare.compared import Against, ListFigures, Prices
from stream.compare.figures import Beside, Said
from stream.contracts.suggestion import Reason, SuggestedItem, SuggestedList


def a_card(item_id: str, price: float | None = None, difference: float | None = None, p: float | None = None, currency: str = "GBP"):
    return SuggestedItem(item_id, 0, 1.0, Reason("popular", ""), price=price, currency=currency, price_difference=difference, p_uptake=p)


def an_answer(*lists: SuggestedList, silences: tuple[tuple[str, str], ...] = ()) -> Recommendation:
    return Recommendation(lists, silences)


def upgrades(*cards: SuggestedItem) -> SuggestedList:
    return SuggestedList("upgrades", "", cards)


def test_prices_are_told_by_currency_and_beside_what_is_on_screen():
    said = Said()
    said.add(an_answer(upgrades(a_card("urn", 30.0, 5.0), a_card("pot", 20.0), a_card("lid"), a_card("jar", 900.0, 100.0, currency="JPY"))))
    figures = said.lists["upgrades"]
    # (30 + 20) / 2 in pounds, 5 more than on screen; 900 yen, 100 more; the lid has no price
    assert figures.prices == {"GBP": Prices(2, 25.0, 1, 5.0, 0, None), "JPY": Prices(1, 900.0, 1, 100.0, 0, None)}
    assert (figures.spoke, figures.cards, said.spoke, said.cards) == (1, 4, 1, 4)


def test_what_sets_save_is_the_sum_of_their_prices_less_what_they_cost():
    said = Said()
    for price, before in ((9.0, 10.0), (17.0, 20.0), (5.0, None)):
        said.add(an_answer(SuggestedList("bundle", "", (a_card("cup", 4.0),), price, before, "GBP")))
    assert said.lists["bundle"].prices == {"GBP": Prices(3, 4.0, 0, None, 2, 2.0)}  # (1 + 3) / 2


def test_the_forecast_is_the_mean_of_the_cards_that_have_one_and_silences_are_counted_by_rule():
    said = Said()
    said.add(an_answer(upgrades(a_card("urn", p=0.2), a_card("pot", p=0.1), a_card("lid")), silences=(("bundle", "nothing"),)))
    said.add(an_answer(upgrades(), silences=(("upgrades", "paused"), ("bundle", "nothing"))))
    assert said.lists["upgrades"] == ListFigures(1, 3, {"paused": 1}, {}, 2, pytest.approx(0.15))
    assert said.lists["bundle"] == ListFigures(0, 0, {"nothing": 2}, {}, 0, None)
    assert said.spoke == 1


def test_two_policies_are_set_beside_each_other_event_by_event():
    beside, one, other = Beside(), an_answer(upgrades(a_card("urn", 30.0))), an_answer(upgrades(a_card("pot")))
    dearer = an_answer(upgrades(a_card("urn", 31.0)))
    for first, this in ((one, dearer), (one, other), (one, an_answer()), (one, None), (an_answer(upgrades()), other), (None, None)):
        beside.add(first, this)
    told = beside.told(Counter(urn=4, cup=1, tea=1), Counter(pot=2, tea=9))
    assert told == Against(same=1, other=1, only_first=2, only_this=1, items_only_first={"urn": 4, "cup": 1}, items_only_this={"pot": 2})
