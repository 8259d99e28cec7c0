"""One customer's influence on what others are shown is capped."""

import pickle
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from features.fold import fold
from features.profile import EMPTY, Profile
from online_models.evaluate.basket import baskets_of
from online_models.memory.shared import SharedMemory
from online_models.ranker import Weights
from online_models.request import Request
from stream.cli.anybody import anybody
from stream.contracts.events import Purchase
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.lines import Lines
from stream.logs import read_events
from tests.online_models.pusher import Question, push, share_changed
from tests.online_models.records import browse, memory_of, remembered, walks

LOG = Path(__file__).parents[2] / "deploy/shop/events.jsonl.zst"
BASKETS, ASKED = 2000, 300
NO_CAP = 1_000_000


@pytest.fixture(scope="module")
def baskets() -> list[Purchase]:
    """The first baskets of a real shop."""
    return list(islice(baskets_of(read_events(Lines(LOG), anybody)), BASKETS))


def learnt(baskets: list[Purchase], **caps: int) -> SharedMemory:
    memory = SharedMemory(**caps)
    for number, basket in enumerate(baskets):
        lines = tuple([Remembered(line.item_id, line.price) for line in basket.items])
        session = f"{basket.customer}@{basket.event_time_ms}"
        memory.take_in(
            MemoryRecord(
                Origin("log", 0, number), str(basket.customer), session, "purchase", basket.event_time_ms, lines, basket.transaction_id
            )
        )
    return memory


def questions_of(baskets: list[Purchase]) -> list[Question]:
    """Return what 300 customers ask with their last basket but its last item: as a cart, and as a walk through the shop."""
    profiles: dict[str, Profile] = {}
    for basket in baskets:
        profiles[str(basket.customer)] = fold(profiles.get(str(basket.customer), EMPTY), basket)
    last = {str(basket.customer): tuple(dict.fromkeys([line.item_id for line in basket.items])) for basket in baskets}
    asking = [(items[:-1] or items, profiles[customer]) for customer, items in sorted(last.items())][:ASKED]
    carts = [(Request("basket", items, seen_only=True), profile) for items, profile in asking]
    return carts + [(Request("browse", items[:20], seen_only=True), profile) for items, profile in asking]


def attack_on(baskets: list[Purchase]) -> list[MemoryRecord]:
    """Return 1,000 events that push an item of middling popularity beside the 20 most popular ones."""
    popular = [item for item, _ in Counter(line.item_id for basket in baskets for line in basket.items).most_common()]
    return list(push(popular[len(popular) // 2], popular[:20], baskets[-1].event_time_ms))


def test_a_thousand_events_of_one_customer_change_at_most_one_in_a_hundred_answers_of_others(baskets):
    share = share_changed(learnt(baskets), questions_of(baskets), Weights.start(), attack_on(baskets))
    assert share <= 0.01


def test_without_the_cap_they_would_change_many(baskets):
    memory = learnt(baskets, most_rows=NO_CAP, most_baskets=NO_CAP)
    assert share_changed(memory, questions_of(baskets), Weights.start(), attack_on(baskets)) > 0.1


def told(memory: SharedMemory) -> object:
    """Return what the memory derives from its rows: what is touched most and last, and what a walk leads to."""
    ranked = browse(memory, "tea")
    return ranked.items, ranked.scores.tobytes(), memory.popularity.counts[:4].tolist(), memory.popularity.last_ms[:4].tolist()


def test_who_comes_back_to_an_item_more_than_twenty_times_is_heard_no_more_not_even_with_other_items():
    # given others, and ana with 20 visits that hold tea, then one more
    others = walks("tea cup", "tea cup", "spoon jar")
    visits = [remembered(100 + 2 * n + place, item, session=f"a{n}") for n in range(21) for place, item in enumerate(("tea", "jar"))]
    memory = memory_of([*others, *visits[:-2]])
    tea, jar = memory.items.find("tea"), memory.items.find("jar")
    assert memory.popularity.counts[[tea, jar]].tolist() == [2 + 20, 1 + 20]
    for record in visits[-2:]:
        memory.take_in(record)
    # then only the others are left
    assert told(memory) == told(memory_of(others))


def test_who_is_silenced_is_heard_again_once_the_window_has_let_his_oldest_visits_go():
    # given a window of 32 rows, full of 21 visits of ana's with tea and 11 of others
    visits = [remembered(n, "tea", session=f"a{n}") for n in range(21)]
    others = [remembered(100 + n, "cup", customer=f"c{n}", session=f"c{n}") for n in range(12)]
    memory = memory_of([*visits, *others[:11]], session_rows=32)
    tea = memory.items.find("tea")
    assert memory.popularity.counts[tea] == 0
    # when the 33rd row takes the place of her first
    memory.take_in(others[11])
    # then her 20 others count
    assert memory.popularity.counts[tea] == 20
    assert len(memory.sessions.postings.all(tea)) == 20


def test_baskets_of_a_silenced_customer_do_not_count_and_the_figures_of_reasons_neither():
    orders = [remembered(n, "tea", "cup", customer="bob", session=f"b{n}", event="purchase") for n in range(33)]
    memory = memory_of(orders[:32])
    tea = memory.items.find("tea")
    assert memory.baskets.neighbours(tea).count(tea) == memory.baskets.size == 32
    memory.take_in(orders[32])
    assert memory.baskets.neighbours(tea).count(tea) == memory.baskets.size == 0


def test_no_trace_of_a_silenced_customer_is_left_after_the_wish_to_be_forgotten():
    memory = memory_of([remembered(n, "tea", customer="k1:5ecre7", session=f"s{n}", event="purchase") for n in range(40)])
    memory.sessions.forget("k1:5ecre7")
    memory.baskets.forget("k1:5ecre7")
    assert b"5ecre7" not in pickle.dumps((memory.sessions, memory.baskets))
