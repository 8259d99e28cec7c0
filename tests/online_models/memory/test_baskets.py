"""What is remembered of baskets, and that it can be taken back."""

import math
import pickle
import random
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from online_models.evaluate.report import size_mib
from online_models.memory.baskets import HALF_LIFE_MS, LANDMARK_MS, MAX_ITEMS, BasketMemory, weight_at
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord

DAY_MS = 24 * 60 * 60 * 1000
NOW_MS = 1_763_812_800_000


def purchase(*items: int, customer: str = "ana", at_ms: int = NOW_MS, event: str = "purchase") -> tuple[MemoryRecord, list[int]]:
    return MemoryRecord(Origin("shop", 0, 0), customer, "s1", event, at_ms, (), "t1"), list(items)


def memory_of(*purchases: tuple[MemoryRecord, list[int]], capacity: int = 1000) -> BasketMemory:
    memory = BasketMemory(capacity)
    for record, items in purchases:
        memory.take_in(record, items)
    return memory


def told(memory: BasketMemory, items: int = 8) -> list[object]:
    """Return all that the memory answers about the first items, as plain values."""
    numbers = np.arange(items, dtype=np.int32)
    answers: list[object] = [memory.size, memory.total_weight, memory.counts_of(numbers).tolist(), memory.weights_of(numbers).tolist()]
    answers.append(memory.sold_ms_of(numbers).tolist())
    for item in range(items):
        table = memory.neighbours(item)
        answers.append([table.ids.tolist(), table.counts.tolist(), table.weights.tolist()])
        answers.append([memory.rows[number % memory.capacity].tolist() for number in memory.newest(item, 100)])
    return answers


def test_items_of_one_basket_are_counted_together_once():
    # given tea and cup in two baskets, tea alone in a third; the second line of the same item adds nothing
    memory = memory_of(purchase(0, 1), purchase(1, 0, 0), purchase(0))
    # then tea is in 3, cup in 2, both together in 2
    assert memory.counts_of(np.array([0, 1], np.int32)).tolist() == [3, 2]
    assert dict(zip(memory.neighbours(0).ids.tolist(), memory.neighbours(0).counts.tolist(), strict=True)) == {0: 3, 1: 2}


def test_a_look_is_no_basket():
    memory = memory_of(purchase(0, 1, event="view_item"), purchase(0, 1, event="add_to_cart"))
    assert (memory.size, memory.neighbours(0).ids.tolist()) == (0, [])


def test_a_basket_thirty_days_younger_weighs_exactly_twice_as_much():
    assert weight_at(NOW_MS + HALF_LIFE_MS) == 2 * weight_at(NOW_MS)


def test_between_two_powers_the_weight_rises_in_a_line():
    # half of a half-life after a power of two: 1.5 times as much, where 2^0.5 would be 1.41
    assert weight_at(LANDMARK_MS + HALF_LIFE_MS // 2) == 1.5 * weight_at(LANDMARK_MS)


@given(st.lists(st.integers(0, 700 * DAY_MS), min_size=1, max_size=50))
def test_sums_of_weights_over_two_years_are_exact_in_any_order(ages_ms):
    weights = [weight_at(NOW_MS - age_ms) for age_ms in ages_ms]
    assert math.fsum(weights) == sum(weights) == sum(reversed(weights))
    assert Fraction(sum(weights)) == sum(map(Fraction, weights))


def test_of_a_wholesalers_order_only_the_first_items_are_kept():
    memory = memory_of(purchase(*range(100)))
    assert memory.rows[0].tolist() == list(range(MAX_ITEMS))
    assert memory.neighbours(99).ids.tolist() == []


def test_the_newest_baskets_of_an_item_come_oldest_first():
    memory = memory_of(purchase(0), purchase(1), purchase(0), purchase(0))
    assert memory.newest(0, 2).tolist() == [2, 3]


def test_a_full_window_lets_the_oldest_basket_go_with_all_its_counts():
    full = memory_of(purchase(0, 1), purchase(1, 2), purchase(2, 3), capacity=2)
    fresh = memory_of(purchase(1, 2), purchase(2, 3), capacity=2)
    assert [memory for memory in told(full) if not _is_rows(memory)] == [memory for memory in told(fresh) if not _is_rows(memory)]
    assert full.neighbours(0).ids.tolist() == []


def _is_rows(answer: object) -> bool:
    return isinstance(answer, list) and bool(answer) and isinstance(answer[0], list) and len(answer[0]) == MAX_ITEMS


def test_no_trace_of_a_forgotten_name_remains():
    memory = memory_of(purchase(0, 1, customer="k1:ana"), purchase(0, 2, customer="k1:bob"), purchase(1, 2, customer="k1:ana"))
    assert b"k1:ana" in pickle.dumps(memory)
    memory.forget("k1:ana")
    assert b"k1:ana" not in pickle.dumps(memory)
    assert b"k1:bob" in pickle.dumps(memory)


def test_an_unknown_customer_is_forgotten_without_effect():
    memory = memory_of(purchase(0, 1))
    before = told(memory)
    memory.forget("bob")
    assert told(memory) == before


baskets = st.lists(
    st.builds(
        lambda customer, items, age_ms: purchase(*items, customer=customer, at_ms=NOW_MS - age_ms),
        customer=st.sampled_from(["ana", "bob", "eve"]),
        items=st.lists(st.integers(0, 7), min_size=1, max_size=5),
        age_ms=st.integers(0, 700 * DAY_MS),
    ),
    max_size=30,
)


@given(baskets)
@settings(deadline=None)
def test_after_forgetting_the_memory_is_as_if_the_customer_had_never_come(purchases):
    memory = memory_of(*purchases)
    memory.forget("ana")
    assert told(memory) == told(memory_of(*[one for one in purchases if one[0].customer != "ana"]))


@given(baskets, st.integers(1, 10))
@settings(deadline=None)
def test_with_a_full_window_forgetting_leaves_what_the_retained_others_add_up_to(purchases, capacity):
    memory = memory_of(*purchases, capacity=capacity)
    memory.forget("ana")
    retained = [one for one in purchases[-capacity:] if one[0].customer != "ana"]
    assert told(memory) == told(memory_of(*retained))


def test_a_customer_who_was_forgotten_can_come_back():
    memory = memory_of(purchase(0, 1), purchase(1, 2, customer="bob"))
    memory.forget("ana")
    memory.take_in(*purchase(0, 1))
    assert told(memory)[:3] == told(memory_of(purchase(1, 2, customer="bob"), purchase(0, 1)))[:3]


def next_after(memory: BasketMemory, item: int) -> list[list[int]]:
    """Return the items of the baskets that came next after those with `item`."""
    numbers = memory.next_of(memory.newest(item, 100))
    return [[one for one in memory.rows[number % memory.capacity].tolist() if one >= 0] for number in numbers.tolist()]


def test_the_next_basket_is_the_same_customer_s():
    memory = memory_of(purchase(0), purchase(7, customer="bob"), purchase(1, 2), purchase(3))
    assert next_after(memory, 0) == [[1, 2]]
    assert next_after(memory, 1) == [[3]]
    assert next_after(memory, 7) == []


def test_who_is_forgotten_is_followed_no_more():
    memory = memory_of(purchase(0), purchase(0, customer="bob"), purchase(1), purchase(2, customer="bob"))
    memory.forget("ana")
    assert next_after(memory, 0) == [[2]]
    assert next_after(memory, 1) == []


def test_a_basket_that_gave_up_its_slot_leads_nowhere():
    # given room for two baskets: the third takes the slot of the first
    memory = memory_of(purchase(0), purchase(1), purchase(2), capacity=2)
    assert next_after(memory, 0) == []
    assert next_after(memory, 1) == [[2]]
    assert next_after(memory, 2) == []


def test_a_full_window_takes_no_more_memory_for_a_longer_log():
    # given 20 customers who buy 4 of 30 items at a time, a window of 200 baskets, and logs of 1,000 and of 2,000
    chance = random.Random(1)
    log = [purchase(*chance.sample(range(30), 4), customer=f"c{chance.randrange(20)}", at_ms=NOW_MS + n * DAY_MS // 9) for n in range(2000)]
    sizes = [size_mib(memory_of(*log[:length], capacity=200), digits=6) for length in (1000, 2000)]
    assert sizes[1] <= 1.1 * sizes[0]
