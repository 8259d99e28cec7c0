"""Protocol upgrade on logs small enough to work out by hand."""

import pytest

from features.catalog import Catalog
from online_models.evaluate.upgrade import evaluate_upgrade
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import Event, Item, Purchase

NOON_MS = 1_763_812_800_000
PRICES = {"plain": 10.0, "fine": 12.0, "finest": 20.0, "cheap": 5.0, "bread": 3.0}


def order(customer: str, minute: int, *items: str, **prices: float) -> Purchase:
    lines = tuple([Item(item, price=prices.get(item, PRICES[item])) for item in items])
    return Purchase(
        event_id=f"{customer}-{minute}",
        event_time_ms=NOON_MS + minute * 60_000,
        customer=customer,
        transaction_id=f"t{minute}",
        items=lines,
    )


def teas() -> Catalog:
    catalog = Catalog()
    for item in PRICES:
        catalog.put(CatalogItem(item, item_category="Bread" if item == "bread" else "Tea", price=99.0))
    return catalog


def seen() -> list[Event]:
    return [order("first", 0, "plain", "fine", "finest", "cheap", "bread")]


def test_a_return_that_trades_up_is_a_question_and_one_that_does_not_is_none():
    log = [*seen(), order("ana", 1, "plain"), order("ana", 2, "fine"), order("bob", 3, "plain"), order("bob", 4, "cheap")]
    report = evaluate_upgrade(log, teas(), tail=1.0)
    # then one question (plain -> fine) with two dearer teas to rank, and the nearest price is right at once
    assert (report.n, report.events) == (1, 5)
    assert report.metrics["hr@10"] == 1.0
    assert report.baselines["nearest-price"] == {"hr@10": 1.0, "mrr@10": 1.0}


def test_a_last_basket_with_two_teas_asks_nothing():
    log = [*seen(), order("ana", 1, "plain", "cheap"), order("ana", 2, "fine")]
    assert evaluate_upgrade(log, teas(), tail=1.0).n == 0


def test_what_was_bought_before_is_no_upgrade():
    log = [*seen(), order("ana", 1, "fine"), order("ana", 2, "plain"), order("ana", 3, "fine")]
    # fine -> plain is cheaper; plain -> fine is dearer but known to her
    assert evaluate_upgrade(log, teas(), tail=1.0).n == 0


def test_an_upgrade_never_seen_before_cannot_be_ranked_and_counts_as_a_miss():
    log = [order("first", 0, "plain", "finest"), order("ana", 1, "plain"), order("ana", 2, "fine")]
    report = evaluate_upgrade(log, teas(), tail=1.0)
    assert (report.n, report.metrics["hr@10"], report.baselines["popular"]["hr@10"]) == (1, 0.0, 0.0)


def test_the_last_seen_price_decides_and_the_catalogue_s_does_not():
    # given that fine was last sold at 10.10, 1 % above plain
    log = [*seen(), order("eve", 1, "fine", fine=10.1), order("ana", 2, "plain"), order("ana", 3, "fine")]
    assert evaluate_upgrade(log, teas(), tail=1.0).n == 0


def test_observed_switches_are_counted_for_those_who_come_after():
    log = [*seen(), *[order(who, at, tea) for who, first in (("a", 1), ("b", 3)) for at, tea in ((first, "plain"), (first + 1, "finest"))]]
    report = evaluate_upgrade(log, teas(), tail=1.0)
    # the first switch is unknown when it is asked for: of two dearer teas equally often sold the first by name is answered;
    # after it finest is ahead: (1/2 + 1) / 2
    assert report.n == 2
    assert report.baselines["switches"]["mrr@10"] == pytest.approx(0.75)


def test_the_same_log_gives_the_same_figures():
    log = [*seen(), order("ana", 1, "plain"), order("ana", 2, "fine"), order("bob", 3, "plain"), order("bob", 4, "finest")]
    first, second = evaluate_upgrade(log, teas(), tail=1.0), evaluate_upgrade(list(reversed(log)), teas(), tail=1.0)
    assert (first.metrics, first.baselines) == (second.metrics, second.baselines)
