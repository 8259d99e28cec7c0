"""One event into a profile."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.decay import HALF_LIFE_MS, affinity
from features.fold import fold, fold_consent
from features.profile import EMPTY, Basket, CartLine, Kind, Profile, Recent, Touch
from features.session import session_hash
from stream.contracts.consent import Consent
from stream.contracts.events import (
    EVENT_TYPES,
    AddToCart,
    AddToWishlist,
    BeginCheckout,
    DismissSuggestion,
    Event,
    Item,
    Purchase,
    Refund,
    RemoveFromCart,
    Search,
    SelectItem,
    Usage,
    ViewItem,
    ViewItemList,
)
from tests.features.events import DAY_MS, MINUTE_MS, NOON_MS, a_click, a_view, an_event, folded, in_history

LATER_MS, LATEST_MS = NOON_MS + MINUTE_MS, NOON_MS + 2 * MINUTE_MS


def test_a_view_is_counted_with_its_time():
    assert folded(a_view("tea")).history == (Touch("tea", NOON_MS, views=1),)


def test_a_click_counts_as_a_look_and_stands_in_the_session_as_a_click():
    profile = folded(a_view("tea"), a_click("tea", at_ms=LATER_MS, session_id="s-1"))
    assert profile.history == (Touch("tea", LATER_MS, views=2),)
    assert profile.recent == (Recent(NOON_MS, "tea", Kind.VIEW), Recent(LATER_MS, "tea", Kind.CLICK, session_hash("s-1")))


def test_a_wish_is_interest_without_being_a_look():
    assert folded(an_event(AddToWishlist, "tea")).history == (Touch("tea", NOON_MS),)


def test_an_item_twice_in_one_event_is_one_line():
    profile = folded(an_event(Purchase, Item("tea", quantity=2), "cup", Item("tea", quantity=1)))
    assert profile.history == (Touch("cup", NOON_MS, buys=1, last_buy_ms=NOON_MS), Touch("tea", NOON_MS, buys=1, last_buy_ms=NOON_MS))
    assert profile.n_lines == 2


def test_a_late_view_counts_without_turning_the_clock_back():
    profile = folded(a_view("tea", at_ms=LATER_MS), a_view("tea"))
    assert profile.history == (Touch("tea", LATER_MS, views=2),)


def test_the_history_is_sorted_by_the_last_touch():
    assert in_history(folded(a_view("tea"), a_view("cup", at_ms=LATER_MS), a_view("tea", at_ms=LATEST_MS))) == ["cup", "tea"]


def test_the_hundred_and_first_item_pushes_out_the_oldest():
    profile = folded(*[a_view(f"i{number}", at_ms=NOON_MS + number) for number in range(101)])
    assert in_history(profile) == [f"i{number}" for number in range(1, 101)]
    assert [touch.item_id for touch in profile.recent] == [f"i{number}" for number in range(81, 101)]


def test_events_without_items_touch_nothing_but_what_they_say():
    asked = an_event(Search, search_term="tea", language="ja")
    metered = Usage(event_id="u", event_time_ms=LATER_MS, plan_id="S", metric="calls", used=9, limit=10)
    profile = folded(asked, metered, an_event(BeginCheckout, "tea"))
    assert (profile.history, profile.recent, profile.cart) == ((), (), ())
    assert profile.language == "ja"


class TestRepeats:
    def test_an_event_delivered_twice_is_counted_once(self):
        view = a_view("tea")
        once = folded(view)
        assert fold(once, view) is once

    def test_the_same_event_under_another_id_is_another_event(self):
        assert folded(a_view("tea", event_id="a"), a_view("tea", event_id="b")).history == (Touch("tea", NOON_MS, views=2),)

    def test_the_last_thirty_two_ids_are_known_and_no_more(self):
        profile = folded(*[a_view("tea", event_id=f"id{number}") for number in range(33)])
        assert fold(profile, a_view("tea", event_id="id0")) is not profile
        assert all(fold(profile, a_view("tea", event_id=f"id{number}")) is profile for number in range(1, 33))
        assert len(profile.event_ids) == 32 * 8

    def test_a_hash_that_lies_across_two_others_is_no_repeat(self):
        # given two known hashes whose middle happens to be the hash of a third id
        third = a_view("tea", event_id="third")
        hashed = folded(third).event_ids
        profile = Profile(event_ids=b"1234" + hashed + b"5678")
        # then the third is not taken for known, until it really is
        assert fold(profile, third) is not profile
        known = Profile(event_ids=profile.event_ids + hashed)
        assert fold(known, third) is known


class TestCart:
    def test_additions_and_removals_are_lines_of_both_signs(self):
        added = an_event(AddToCart, Item("tea", quantity=3, price=2.5))
        removed = an_event(RemoveFromCart, Item("tea", quantity=1), at_ms=LATER_MS)
        assert folded(added, removed).cart == (CartLine(NOON_MS, "tea", 3, 2.5), CartLine(LATER_MS, "tea", -1))

    def test_a_purchase_empties_the_cart_up_to_its_time(self):
        added = [an_event(AddToCart, item, at_ms=at_ms) for item, at_ms in (("tea", NOON_MS), ("cup", LATER_MS), ("pot", LATEST_MS))]
        profile = folded(*added, an_event(Purchase, "tea", at_ms=LATER_MS))
        assert [line.item_id for line in profile.cart] == ["pot"]
        assert profile.cart_cleared_ms == LATER_MS

    @pytest.mark.parametrize("added_ms", [NOON_MS, LATER_MS], ids=["before", "at the same time"])
    def test_a_line_from_before_the_purchase_that_comes_late_stays_out(self, added_ms: int):
        profile = folded(an_event(Purchase, "tea", at_ms=LATER_MS), an_event(AddToCart, "tea", at_ms=added_ms), an_event(Purchase, "cup"))
        assert profile.cart == ()
        assert profile.cart_cleared_ms == LATER_MS


class TestPurchases:
    def test_a_basket_keeps_its_order_and_the_newest_three_are_kept(self):
        events = [an_event(Purchase, "b", "a", f"i{number}", at_ms=NOON_MS + number) for number in range(4)]
        profile = folded(*events)
        assert profile.baskets == tuple(Basket(NOON_MS + number, ("b", "a", f"i{number}")) for number in (1, 2, 3))
        assert (profile.n_baskets, profile.n_lines) == (4, 4 * 3)

    def test_the_repeat_rate_can_be_told_from_lines_and_distinct_items(self):
        # given tea bought three times, a cup once: 4 lines, 2 distinct items
        profile = folded(*[an_event(Purchase, *items, at_ms=NOON_MS + at) for at, items in enumerate([("tea", "cup"), ("tea",), ("tea",)])])
        # then the repeat rate is 1 - 2/4
        assert profile.n_lines == 4
        assert sum(touch.buys > 0 for touch in profile.history) == 2

    def test_a_large_basket_is_cut_to_sixty_items_and_counted_whole(self):
        profile = folded(an_event(Purchase, *[f"i{number:04}" for number in reversed(range(2_000))]))
        assert profile.baskets[0].items == tuple(f"i{number:04}" for number in reversed(range(1_940, 2_000)))
        assert profile.n_lines == 2_000
        assert in_history(profile) == [f"i{number:04}" for number in range(1_900, 2_000)]
        assert [touch.item_id for touch in profile.recent] == [f"i{number:04}" for number in range(1_980, 2_000)]

    def test_a_refund_takes_one_line_back_and_moves_no_clock(self):
        profile = folded(an_event(Purchase, "tea"), an_event(Purchase, "tea", at_ms=LATER_MS), an_event(Refund, "tea", at_ms=LATEST_MS))
        assert profile.history == (Touch("tea", LATER_MS, buys=1, last_buy_ms=LATER_MS),)
        assert (profile.n_baskets, profile.n_lines) == (2, 2)

    def test_a_refund_that_overtakes_its_purchase_is_made_good_by_it(self):
        early = folded(an_event(Refund, "tea", at_ms=LATER_MS))
        assert early.history == (Touch("tea", 0, buys=-1),)
        assert folded(an_event(Purchase, "tea"), onto=early).history == (Touch("tea", NOON_MS, buys=0, last_buy_ms=NOON_MS),)


class TestSpend:
    @pytest.mark.parametrize(("kind", "views"), [(ViewItem, 1), (SelectItem, 1), (AddToWishlist, 2), (AddToCart, 3), (Purchase, 4)])
    def test_a_category_is_weighed_by_what_was_done(self, kind: type[Event], views: int):
        profile = folded(an_event(kind, Item("tea", price=9.5, item_category="food", item_category2="drinks"), at_ms=680 * HALF_LIFE_MS))
        assert affinity(profile.spend, 680 * HALF_LIFE_MS) == {"drinks": float(views)}

    def test_items_without_a_price_or_a_category_say_nothing_of_either(self):
        gift = Item("gift", price=0.0, item_category="food")
        assert folded(a_view(gift, Item("tea", price=9.5), Item("cup", item_category="ware"))).spend == ()

    def test_what_is_put_back_or_given_back_is_no_interest(self):
        tea = Item("tea", price=9.5, item_category="food")
        assert folded(an_event(RemoveFromCart, tea), an_event(Refund, tea)).spend == ()


class TestWords:
    def test_of_two_words_at_the_same_time_the_later_in_the_alphabet_decides(self):
        japanese, english = a_view("tea", language="ja"), a_view("tea", language="en")
        assert folded(japanese, english).language == folded(english, japanese).language == "ja"

    def test_the_newest_event_that_names_a_language_or_a_currency_decides(self):
        profile = folded(
            a_view("tea", at_ms=LATER_MS, language="ja"),
            a_view("tea", at_ms=LATEST_MS, currency="JPY"),
            a_view("tea", at_ms=NOON_MS, language="en", currency="USD"),
        )
        assert (profile.language, profile.language_ms) == ("ja", LATER_MS)
        assert (profile.currency, profile.currency_ms) == ("JPY", LATEST_MS)


class TestShown:
    def test_an_impression_of_ours_is_counted_and_one_of_the_shop_is_not(self):
        profile = folded(an_event(ViewItemList, "tea", suggestion_id="s"), an_event(ViewItemList, "tea"))
        assert profile.shown.impressions == 1
        assert profile.history == ()

    def test_a_dismissal_names_its_items_or_else_its_list(self):
        profile = folded(
            an_event(DismissSuggestion, "tea", "cup", item_list_id="upgrades"),
            an_event(DismissSuggestion, at_ms=LATER_MS, item_list_id="upgrades"),
        )
        assert profile.shown.dismissed == (("cup", NOON_MS), ("tea", NOON_MS), ("list:upgrades", LATER_MS))


class TestConsent:
    def consent(self, choice: str) -> Consent:
        return Consent(event_id="c", event_time_ms=NOON_MS, choice=choice)  # type: ignore[arg-type]

    def test_an_opt_out_leaves_nothing_but_itself(self):
        assert fold_consent(folded(a_view("tea")), self.consent("opt_out")) == Profile(opted_out=True)

    def test_nothing_is_folded_after_an_opt_out(self):
        opted_out = Profile(opted_out=True)
        assert fold(opted_out, a_view("tea")) is opted_out

    def test_an_opt_in_after_an_opt_out_begins_anew(self):
        assert fold_consent(Profile(opted_out=True), self.consent("opt_in")) == EMPTY

    def test_an_opt_in_without_an_opt_out_changes_nothing(self):
        known = folded(a_view("tea"))
        assert fold_consent(known, self.consent("opt_in")) is known

    @pytest.mark.parametrize("profile", [folded(a_view("tea")), Profile(opted_out=True)], ids=["known", "opted out"])
    def test_forget_leaves_nothing_at_all(self, profile: Profile):
        assert fold_consent(profile, self.consent("forget")) is None


def kinds_of_event(*, items: str, max_items: int) -> st.SearchStrategy[Event]:
    item = st.builds(
        Item,
        item_id=st.sampled_from(items),
        price=st.sampled_from([None, 0.0, 0.5, 980.0, 1_980.0]),
        item_category=st.none() | st.sampled_from(["lights", "cables", "tea"]),
        quantity=st.integers(1, 3).map(float),
    )
    same = {
        "event_id": st.uuids().map(str),
        # Ties and epochs: a few milliseconds, and a few times days apart.
        "event_time_ms": st.integers(NOON_MS, NOON_MS + 3) | st.integers(0, 60).map(lambda steps: NOON_MS + steps * 4 * DAY_MS),
        "session_id": st.sampled_from([None, "s-1"]),
        "items": st.lists(item, max_size=max_items).map(tuple),
        "language": st.sampled_from([None, "ja", "en"]),
        "currency": st.sampled_from([None, "JPY"]),
        "suggestion_id": st.sampled_from([None, "shop.clickstream.v1:0:7"]),
    }
    meter = {
        "plan_id": st.sampled_from(["S", "M"]),
        "metric": st.sampled_from(["calls", "gb"]),
        "used": st.integers(0, 3).map(float),
        "limit": st.just(3.0),
    }
    return st.one_of([st.builds(kind, **same, **(meter if kind is Usage else {})) for kind in EVENT_TYPES])


def with_another_order(events: st.SearchStrategy[list[Event]]) -> st.SearchStrategy[tuple[list[Event], list[Event]]]:
    return events.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some)))


@settings(deadline=None)
@given(with_another_order(st.lists(kinds_of_event(items="abcdef", max_items=2), max_size=10)))
def test_any_order_of_arrival_gives_the_same_profile(orders: tuple[list[Event], list[Event]]):
    one, other = (msgspec.structs.replace(folded(*events), event_ids=b"") for events in orders)
    assert one == other


def many_events(chance: Random) -> list[Event]:
    """Return more than fits: 60 events, some 150 cart lines in them, in the order of their ids."""
    at_ms = [NOON_MS + day * DAY_MS for day in range(0, 180, 9)]
    kinds = [AddToCart, AddToCart, AddToCart, RemoveFromCart, ViewItem, SelectItem, AddToWishlist, Refund]
    events = []
    for _ in range(60):
        names = chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(0, 12))
        lines = [Item(name, price=chance.choice([None, 0.5, 980.0]), item_category=chance.choice(["tea", "lights"])) for name in names]
        events.append(an_event(chance.choice(kinds), *lines, at_ms=chance.choice(at_ms), session_id=chance.choice([None, "s-1"])))
    early = [an_event(Purchase, *chance.choices("abc", k=2), at_ms=at_ms[chance.randrange(5)]) for _ in range(5)]
    return events + early


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_bounded_by_time_alone_stays_exact_beyond_its_bounds(seed: int):
    chance = Random(seed)
    events = many_events(chance)
    one, other = folded(*events), folded(*chance.sample(events, len(events)))
    assert one.recent == other.recent
    assert one.cart == other.cart
    assert (one.baskets, one.n_baskets, one.n_lines) == (other.baskets, other.n_baskets, other.n_lines)
    assert one.spend == other.spend
    assert one.history == other.history


@settings(deadline=None)
@given(st.lists(kinds_of_event(items="abc", max_items=2), max_size=6))
def test_folding_changes_neither_the_profile_nor_the_event(events: list[Event]):
    before = folded(*events[:3])
    kept = msgspec.msgpack.encode(before), msgspec.json.encode(events)
    folded(*events[3:], onto=before)
    assert (msgspec.msgpack.encode(before), msgspec.json.encode(events)) == kept
