"""The real shop: what is shipped, and how invoices become visits."""

from stream.contracts.events import AddToCart, Item, Purchase
from stream.demo.shop import LINE_MS, MOST_LINES, event_of, moved, open_shop, steps, visit_of
from stream.demo.shops import SHIPPED_SHOP
from stream.engine.who import pseudonymiser

NOON_MS = 1_319_457_600_000


def a_purchase(invoice: str, *items: str, at_ms: int = NOON_MS) -> Purchase:
    lines = tuple(Item(item_id=item) for item in items)
    return Purchase(event_id=f"e{invoice}", event_time_ms=at_ms, customer=f"k1:{invoice}", transaction_id=invoice, items=lines)


def test_the_shipped_shop_is_a_year_of_pseudonymous_baskets_and_fits_into_five_megabytes() -> None:
    shop = open_shop(SHIPPED_SHOP, pseudonymiser("k1", b"a secret of the test"), history=1_000)
    everybody = [*shop.history, *shop.upcoming]
    assert len(shop.history) == 1_000
    assert len(shop.upcoming) > 3_000
    assert all(event.customer and event.customer.startswith("k1:") and event.user_id is None for event in everybody)
    assert max(event.event_time_ms for event in shop.history) <= min(event.event_time_ms for event in shop.upcoming)
    assert len(shop.catalog) == 3_791
    assert sum(path.stat().st_size for path in SHIPPED_SHOP.iterdir()) < 5_000_000


def test_another_secret_makes_other_customers() -> None:
    first, second = (open_shop(SHIPPED_SHOP, pseudonymiser("k1", secret), history=50) for secret in (b"first secret", b"second secret"))
    assert {event.customer for event in first.history}.isdisjoint({event.customer for event in second.history})


def test_a_visit_puts_line_after_line_into_the_cart_and_buys_at_the_invoice_s_own_time() -> None:
    # given an invoice of two lines
    visit = visit_of(a_purchase("536365", "tea", "cup"))
    # when it is played
    events = [event_of(visit, place, visit.time_ms(place)) for visit, place in steps([visit])]
    # then both lines come first, 90 s apart, and the purchase of both is last
    assert [type(event) for event in events] == [AddToCart, AddToCart, Purchase]
    assert [event.event_time_ms for event in events] == [NOON_MS - 2 * LINE_MS, NOON_MS - LINE_MS, NOON_MS]
    assert [[item.item_id for item in event.items] for event in events] == [["tea"], ["cup"], ["tea", "cup"]]
    assert {event.session_id for event in events} == {"536365"}
    assert len({event.event_id for event in events}) == 3


def test_visits_overlap_as_they_did_in_the_log() -> None:
    # given a visit of three lines, and one of a line that is bought before the first visit's last line
    long = visit_of(a_purchase("long", "a", "b", "c"))
    short = visit_of(a_purchase("short", "x", at_ms=NOON_MS - LINE_MS - 1))
    # when they are played, then what happens is in order of time: the short one starts after line a and ends before line c
    played = [(visit.invoice, place) for visit, place in steps([long, short])]
    assert played == [("long", 0), ("short", 0), ("long", 1), ("short", 1), ("long", 2), ("long", 3)]


def test_a_reseller_s_order_is_cut() -> None:
    visit = visit_of(a_purchase("huge", *(f"item {number}" for number in range(MOST_LINES + 1))))
    assert len(visit.items) == MOST_LINES


def test_a_line_that_was_suggested_says_by_what() -> None:
    event = event_of(visit_of(a_purchase("1", "tea")), 0, NOON_MS, suggestion_id="shop.cart.v1:0:7")
    assert event.suggestion_id == "shop.cart.v1:0:7"


def test_a_history_moved_to_now_keeps_its_intervals() -> None:
    # given two purchases, 90 s apart
    history = [a_purchase("1", "tea", at_ms=NOON_MS - 90_000), a_purchase("2", "cup")]
    # when the newer one is to have happened at 1,000,000,000,000 ms
    times = [event.event_time_ms for event in moved(history, 1_000_000_000_000)]
    # then the older one happened 90 s before
    assert times == [1_000_000_000_000 - 90_000, 1_000_000_000_000]
    assert moved([], 1_000_000_000_000) == []


def test_what_sold_is_counted_over_the_whole_log_before_the_live_part_however_little_of_it_is_history() -> None:
    little, more = (open_shop(SHIPPED_SHOP, pseudonymiser("k1", b"a secret of the test"), history=number) for number in (0, 1_000))
    assert little.sold == more.sold
    assert sum(little.sold.values()) > 100_000
