"""One cart answered."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from online_models.heads import HEADS
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.request import Ranked, Request
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import Item, Purchase
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, MemoryRecord
from tests.online_models.records import NOON_MS, memory_of, remembered

TOMORROW_MS = NOON_MS + 24 * 60 * 60 * 1000


def orders(*baskets: str, customer: str | None = None) -> list[MemoryRecord]:
    """Return purchases; "tea cup" of customer c0, then c1's, and so on."""
    return [
        remembered(number, *items.split(), customer=customer or f"c{number}", session=f"s{number}", event="purchase")
        for number, items in enumerate(baskets)
    ]


def having_bought(*items: str) -> Profile:
    event = Purchase(event_id="e", event_time_ms=NOON_MS, customer="ana", transaction_id="t", items=tuple([Item(one) for one in items]))
    return fold(EMPTY, event)


def ask(memory: SharedMemory, *cart: str, profile: Profile = EMPTY, catalog: Catalog | None = None, **options: object) -> Ranked:
    request = Request("basket", cart, **options)  # type: ignore[arg-type]
    return rank(request, profile, memory, catalog or Catalog(), Weights.start(), TOMORROW_MS)


def same(one: Ranked, other: Ranked) -> bool:
    return (
        (one.head, one.bucket, one.items, one.sources) == (other.head, other.bucket, other.items, other.sources)
        and one.scores.tobytes() == other.scores.tobytes()
        and one.features.tobytes() == other.features.tobytes()
    )


def test_what_was_bought_with_the_cart_comes_before_what_was_not():
    memory = memory_of(orders("tea cup", "tea cup", "tea pot", "soap towel", "soap towel", "soap"))
    assert ask(memory, "tea").items[:2] == ("cup", "pot")


def test_nothing_of_the_cart_and_nothing_barred_is_an_answer():
    memory = memory_of(orders("tea cup pot jam", "tea cup pot jam"))
    assert ask(memory, "tea", "cup", barred=frozenset({"jam", "never seen"})).items == ("pot",)


def test_discover_leaves_out_what_the_customer_bought_and_mixed_does_not():
    memory = memory_of(orders("tea cup pot", "tea cup"))
    mine = having_bought("cup")
    assert "cup" not in ask(memory, "tea", profile=mine, mode="discover").items
    assert "cup" in ask(memory, "tea", profile=mine, mode="mixed").items


def test_each_mode_is_a_head_of_its_own():
    memory = memory_of(orders("tea cup"))
    assert [ask(memory, "tea", mode=mode).head for mode in ("mixed", "discover")] == ["basket.mixed", "basket.discover"]


def test_a_column_of_the_matrix_is_a_feature_of_the_head():
    ranked = ask(memory_of(orders("tea cup")), "tea")
    columns = dict(zip(HEADS[ranked.head].features, ranked.features[0].tolist(), strict=True))
    # the only candidate: the most of every evidence that speaks, nothing of those that are silent; in one basket so far
    assert (columns["max_cosine"], columns["max_taste"], columns["is_neighbour"], columns["bought"]) == (1, 0, 1, 0)
    assert np.isclose(columns["log_popularity"], np.log(2))


def test_an_empty_memory_answers_with_nothing():
    ranked = ask(SharedMemory(), "tea")
    assert (ranked.items, ranked.features.shape) == ((), (0, len(HEADS["basket.mixed"].features)))


def test_an_empty_or_unknown_cart_is_answered_with_what_is_popular():
    memory = memory_of(orders("tea cup", "tea pot", "tea"))
    assert ask(memory).items[0] == "tea"
    assert ask(memory, "never seen").items[0] == "tea"


def test_an_item_without_orders_is_found_by_its_title():
    # given a cup that was only looked at, called like the mug that is in the cart
    catalog = Catalog()
    for item_id, name in (("mug", "blue spotted mug"), ("cup", "blue spotted cup"), ("soap", "lavender soap")):
        catalog.put(CatalogItem(item_id, name))
    memory = memory_of([*orders("mug soap"), remembered(9, "cup")])
    # then it is among the answers, and its title is the reason
    ranked = ask(memory, "mug", catalog=catalog)
    assert set(ranked.sources[ranked.items.index("cup")]) == {"title"}


def test_the_evidence_names_the_anchor_and_its_baskets():
    # given cup with tea in 2 of tea's 3 baskets, with soap in none
    memory = memory_of(orders("tea cup", "tea cup", "tea", "soap towel"))
    ranked = ask(memory, "soap", "tea")
    assert ranked.sources[ranked.items.index("cup")] == {"together": 2, "of": 3, "anchor": 1}


def test_the_context_is_how_many_items_of_the_cart_were_ever_bought():
    memory = memory_of(orders("a b c d e f g h"))
    assert [ask(memory, *cart).bucket for cart in ("a", "ab", "abcde", "abcdef", "axyz")] == [0, 1, 1, 2, 0]


def test_asking_changes_nothing():
    memory = memory_of(orders("tea cup pot", "tea cup", "pot soap", "tea soap"))
    first = ask(memory, "tea", profile=having_bought("pot"))
    assert same(first, ask(memory, "tea", profile=having_bought("pot")))


baskets = st.lists(st.tuples(st.sampled_from(["ana", "bob", "eve"]), st.sets(st.sampled_from("abcdefgh"), min_size=1)), max_size=25)


@given(baskets, st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6).map(tuple), st.sampled_from(["mixed", "discover"]))
@settings(deadline=None)
def test_after_a_customer_is_forgotten_answers_are_those_of_a_memory_without_him(purchases, cart, mode):
    # given a memory that forgot ana, and one that never met her: even the numbers of the items differ
    records = [
        remembered(number, *sorted(items), customer=customer, session=customer, event="purchase")
        for number, (customer, items) in enumerate(purchases)
    ]
    forgetful = memory_of(records)
    forgetful.take_in(Forget(Origin("consent", 0, 0), "ana"))
    never = memory_of([record for record in records if record.customer != "ana"])
    # then both answer the same bytes
    mine = having_bought("a", "d")
    assert same(ask(forgetful, *cart, mode=mode, profile=mine), ask(never, *cart, mode=mode, profile=mine))
