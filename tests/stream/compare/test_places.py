"""The probabilities of places."""

from online_models.recommend import Recommendation
from stream.compare.places import Chance, chance_of, places_of
from stream.contracts.suggestion import Reason, SuggestedItem, SuggestedList


def a_list(name: str, *items: str) -> SuggestedList:
    cards = tuple(SuggestedItem(item, at, 1.0, Reason("popular", "")) for at, item in enumerate(items))
    return SuggestedList(name, "", cards)  # type: ignore[arg-type]


CHANCES = (("cup", 0.5), ("pot", 0.25), ("lid", 0.25))


def test_every_place_is_certain_but_the_last_one_of_a_list_that_leaves_it_to_chance():
    places = places_of(Recommendation((a_list("accessories", "tea", "pot"), a_list("upgrades", "urn")), chances={"accessories": CHANCES}))
    assert places == {"accessories": ({"tea": 1.0}, {"cup": 0.5, "pot": 0.25, "lid": 0.25}), "upgrades": ({"urn": 1.0},)}


def test_an_item_in_another_place_or_list_has_no_chance():
    places = places_of(Recommendation((a_list("accessories", "tea", "pot"),), chances={"accessories": CHANCES}))
    assert chance_of(places, "accessories", 0, "tea") == Chance(1.0, filled=True)
    assert chance_of(places, "accessories", 1, "lid") == Chance(0.25, filled=True)
    assert chance_of(places, "accessories", 1, "tea") == Chance(0.0, filled=True)
    assert chance_of(places, "accessories", 2, "tea") == Chance(0.0, filled=False)
    assert chance_of(places, "upgrades", 0, "tea") == Chance(0.0, filled=False)


def test_a_list_that_is_cleared_has_no_places():
    assert places_of(Recommendation((a_list("accessories"),))) == {}
