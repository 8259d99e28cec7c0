"""A memory out of a checkpoint is the one that was saved: same answers, and the same ones for ever after."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from online_models.checkpoint import columns
from online_models.checkpoint.shared import pieces_of, shape_of
from online_models.memory.shared import SharedMemory
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, Memory
from tests.online_models.checkpoint.alike import unlike
from tests.online_models.checkpoint.columns import columns_of, restored
from tests.online_models.memory.test_reversible import HOUR_MS, ITEMS, a_log, a_record
from tests.online_models.questions import answers
from tests.online_models.records import NOON_MS, memory_of, remembered

NOW_MS = NOON_MS + 100 * HOUR_MS
SESSIONS = ("", "first", "bob@own")
WINDOWS = {
    "session_rows": st.sampled_from([1, 2, 8, 16, 256]),
    "baskets": st.sampled_from([1, 5, 20, 1000]),
    "most_rows": st.sampled_from([1, 4, 10_000]),
    "most_baskets": st.sampled_from([1, 3, 10_000]),
}


def a_history(seed: int, events: int) -> list[Memory]:
    """Return a shop's log in which somebody is forgotten now and then."""
    chance = random.Random(seed)
    return [
        Forget(Origin("shop", 0, offset), chance.choice(("ana", "bob", "kim"))) if chance.random() < 0.03 else record
        for offset, record in enumerate(a_log(seed, events))
    ]


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of a small shop come in several pieces, too."""
    monkeypatch.setattr(columns, "ENTRIES", 3)
    monkeypatch.setattr(columns, "PIECE_BYTES", 512)


@given(seed=st.integers(0, 2**32), events=st.integers(0, 250), when=st.integers(0, 250), **WINDOWS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_saved_in_the_middle_it_goes_on_to_the_last_bit_as_if_it_had_never_been_away(seed, events, when, **windows):
    # given a memory, and what a checkpoint makes of it
    history = a_history(seed, events)
    memory = memory_of(history[:when], **windows)
    other = restored(memory)
    assert unlike(memory, other) == []
    # when both go on
    for record in history[when:]:
        memory.take_in(record)
        other.take_in(record)
    # then they are the same, and forget the same
    assert unlike(memory, other) == []
    for customer in ("eve", "jim"):
        wish = Forget(Origin("wishes", 0, NOW_MS + len(customer) + ord(customer[0])), customer)
        memory.take_in(wish)
        other.take_in(wish)
    assert unlike(memory, other) == []
    assert answers(memory, ITEMS, NOW_MS, sessions=SESSIONS) == answers(other, ITEMS, NOW_MS, sessions=SESSIONS)


@pytest.mark.parametrize("seed", [1, 2])
def test_with_wide_tables_and_full_windows_it_is_the_same(seed):
    # given item numbers that need more than two bytes, and pairs bought together more often than one byte counts
    chance = random.Random(seed)
    memory = SharedMemory(session_rows=64, baskets=2_000, most_rows=10_000, most_baskets=10_000)
    for start in range(0, 70_000, 2_000):
        memory.take_in(remembered(start, *(f"rare-{start + number}" for number in range(2_000)), event="refund"))
    for offset in range(70_000, 72_500):
        memory.take_in(a_record(offset, chance, ("tea é", "cup\0", "")))
    tables = memory.baskets._pairs.values()
    assert {table.ids.dtype.name for table in tables} == {"int32"}
    assert "uint16" in {table.counts.dtype.name for table in tables}
    # then it is restored with the same ones
    assert unlike(memory, restored(memory)) == []


def test_an_empty_memory_is_restored_empty():
    memory = SharedMemory()
    assert unlike(memory, restored(memory)) == []


def test_a_record_that_was_counted_before_the_checkpoint_is_not_counted_again():
    memory = restored(memory_of([remembered(7, "tea")]))
    assert not memory.take_in(remembered(7, "tea"))
    assert memory.version == 1


def test_who_was_forgotten_stands_in_no_column():
    memory = memory_of([remembered(0, "tea", "cup", customer="k1:5ecre7", session="5ecre7@1", event="purchase", price=2.5)])
    assert b"5ecre7" in b"".join(column.tobytes() for column in columns_of(memory).values())
    memory.take_in(Forget(Origin("wishes", 0, 0), "k1:5ecre7"))
    assert b"5ecre7" not in b"".join(column.tobytes() for column in columns_of(memory).values())


def test_a_piece_that_was_made_is_not_changed_by_what_comes_later():
    memory = memory_of([remembered(0, "tea", "cup", event="purchase")])
    made = list(pieces_of(memory))
    before = [rows.tobytes() for _, rows in made]
    memory.take_in(remembered(1, "cup", "tea", "jar", event="purchase"))
    assert [rows.tobytes() for _, rows in made] == before


def test_every_limit_that_decides_what_is_retained_is_told():
    shape = shape_of(SharedMemory(session_rows=4, baskets=5, most_rows=6, most_baskets=7))
    assert (shape["session_rows"], shape["baskets"], shape["most_rows"], shape["most_baskets"]) == (4, 5, 6, 7)
