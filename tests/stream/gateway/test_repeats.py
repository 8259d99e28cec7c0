import pytest

from stream.contracts.ids import Customer
from stream.gateway.repeats import Repeats, mark_of

ANA, BEN = Customer("k1:" + 64 * "a"), Customer("k1:" + 64 * "b")
E1, E2, E3 = (mark_of(ANA, event_id) for event_id in ("1", "2", "3"))


def test_a_mark_is_of_one_event_of_one_customer():
    assert mark_of(ANA, "1") == E1
    assert len({E1, E2, mark_of(BEN, "1")}) == 3


async def test_what_is_on_the_way_is_known_and_others_may_wait_for_it():
    repeats = Repeats()
    way = repeats.set_out([E1, E2])
    assert (E1 in repeats, E3 in repeats, repeats.ways_of([E1, E2, E3])) == (True, False, {way})
    repeats.arrived([E1, E2], way)
    assert (await way, E1 in repeats, repeats.ways_of([E1])) == (True, True, set())


async def test_what_was_lost_is_new_again_and_those_who_waited_are_told():
    repeats = Repeats()
    way = repeats.set_out([E1])
    repeats.lost([E1], way)
    assert (await way, E1 in repeats) == (False, False)


@pytest.mark.parametrize("most", [1, 2])
async def test_only_the_newest_are_remembered(most: int):
    repeats = Repeats(most)
    for mark in (E1, E2, E3):
        repeats.arrived([mark], repeats.set_out([mark]))
    assert [mark in repeats for mark in (E1, E2, E3)] == [False, most == 2, True]
