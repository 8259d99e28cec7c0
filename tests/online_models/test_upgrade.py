import numpy as np
import pytest

from features.catalog import Catalog
from features.profile import EMPTY
from online_models.heads import UPGRADE
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import Weights, step
from online_models.request import Ranked, Request
from online_models.upgrade import rank_cheaper
from stream.contracts.catalog import CatalogItem, Tier
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget
from tests.online_models.records import NOON_MS, memory_of, remembered
from tests.online_models.shop import DAY_MS


def kettles(**prices: float) -> Catalog:
    catalog = Catalog()
    for item, price in prices.items():
        catalog.put(CatalogItem(item, item_category="Kettles", price=price))
    return catalog


def upgrades_of(item: str, memory: SharedMemory, catalog: Catalog, **options: object) -> Ranked:
    request = Request("upgrade", (item,), **options)  # type: ignore[arg-type]
    return rank(request, EMPTY, memory, catalog, Weights.start(), NOON_MS + DAY_MS)


def feature(ranked: Ranked, item: str, name: str) -> float:
    return float(ranked.features[ranked.items.index(item), UPGRADE.features.index(name)])


def test_only_what_costs_at_least_2_percent_more_is_an_upgrade():
    ranked = upgrades_of("a", SharedMemory(), kettles(a=50.0, b=50.9, c=51.1, d=40.0, e=600.0))
    assert ranked.items == ("c",)  # 50.9 / 50 = 1.018; 600 / 50 = 12 is another kind of thing


def test_without_anything_learnt_the_smaller_step_comes_first():
    assert upgrades_of("a", SharedMemory(), kettles(a=50.0, dear=150.0, near=60.0)).items == ("near", "dear")


def test_cheaper_ones_come_with_the_smallest_step_first_too():
    request = Request("upgrade", ("a",))
    ranked = rank_cheaper(request, EMPTY, SharedMemory(), kettles(a=50.0, near=45.0, far=10.0, dear=60.0), NOON_MS)
    assert ranked.items == ("near", "far")


def test_an_item_without_a_price_has_no_upgrades():
    catalog = kettles(b=60.0)
    catalog.put(CatalogItem("a", item_category="Kettles"))
    assert upgrades_of("a", SharedMemory(), catalog).items == ()
    assert upgrades_of("never heard of", SharedMemory(), catalog).items == ()


def test_the_price_ratio_and_the_step_in_the_line_are_features():
    catalog = Catalog()
    for rank_, price in ((1, 20.0), (2, 30.0), (3, 45.0)):
        catalog.put(CatalogItem(f"k{rank_}", price=price, tier=Tier("kettle", rank_), item_brand="Hob"))
    ranked = upgrades_of("k1", SharedMemory(), catalog)
    assert ranked.items == ("k2", "k3")
    assert feature(ranked, "k2", "log_ratio") == pytest.approx(np.log(1.5))
    assert [feature(ranked, item, "next_tier") for item in ("k2", "k3")] == [1.0, 0.0]
    assert [feature(ranked, item, "higher_tier") for item in ("k2", "k3")] == [1.0, 1.0]
    assert feature(ranked, "k2", "same_brand") == 1.0


def test_what_others_looked_at_after_it_is_evidence_and_what_they_looked_at_before_is_half_of_it():
    # given two visits that went from a to b, and one from c to a
    visits = [("v1", "a"), ("v1", "b"), ("v2", "a"), ("v2", "b"), ("v3", "c"), ("v3", "a")]
    memory = memory_of(remembered(n, item, session=visit, customer=visit) for n, (visit, item) in enumerate(visits))
    ranked = upgrades_of("a", memory, kettles(a=50.0, b=60.0, c=61.0))
    assert [feature(ranked, item, "log_followed") for item in "bc"] == pytest.approx([np.log(3), 0.0])
    assert [feature(ranked, item, "log_together") for item in "bc"] == pytest.approx([np.log(3), np.log(2)])
    # and the visit that asks is none
    own = upgrades_of("a", memory, kettles(a=50.0, b=60.0, c=61.0), session="v1")
    assert feature(own, "b", "log_followed") == pytest.approx(np.log(2))


def test_what_buyers_took_the_next_time_is_evidence():
    orders = [("ana", "a"), ("bob", "a"), ("ana", "b"), ("bob", "b"), ("eve", "c")]
    memory = memory_of(remembered(n, item, customer=who, session=f"s{n}", event="purchase") for n, (who, item) in enumerate(orders))
    ranked = upgrades_of("a", memory, kettles(a=50.0, b=60.0, c=61.0))
    assert [feature(ranked, item, "log_switched") for item in "bc"] == pytest.approx([np.log(3), 0.0])


def test_seen_only_takes_items_and_prices_from_events_alone():
    # given a and b seen at 10.00 and 12.00, and a catalogue that tells of c and of other prices
    lines = (("a", 10.0), ("b", 12.0))
    memory = memory_of(remembered(n, item, category="Kettles", price=price) for n, (item, price) in enumerate(lines))
    catalog = kettles(a=50.0, b=40.0, c=60.0)
    assert upgrades_of("a", memory, catalog, seen_only=True).items == ("b",)
    assert upgrades_of("a", memory, catalog).items == ("c",)


def test_a_forgotten_customer_leaves_no_trace_in_the_order():
    catalog = kettles(a=50.0, b=60.0, c=61.0)
    stays = [remembered(n, item, customer="bob", session="s-bob", event="purchase") for n, item in enumerate("ab", 10)]
    goes = [remembered(n, item, customer="ana", session="s-ana", event="purchase") for n, item in enumerate("aacb")]
    both, bob_alone = memory_of([*goes, *stays]), memory_of(stays)
    both.take_in(Forget(Origin("shop", 0, 99), "ana"))
    before, after = upgrades_of("a", bob_alone, catalog), upgrades_of("a", both, catalog)
    assert (after.items, after.features.tobytes()) == (before.items, before.features.tobytes())


def test_what_is_taken_teaches_the_head():
    ranked = upgrades_of("a", SharedMemory(), kettles(a=50.0, near=60.0, dear=150.0))
    lesson = step(ranked, "dear")
    assert lesson is not None
    assert lesson.z[UPGRADE.features.index("log_ratio")] > 0  # towards larger steps


def test_barred_items_are_no_candidates():
    assert upgrades_of("a", SharedMemory(), kettles(a=50.0, b=60.0), barred=frozenset(["b"])).items == ()
