"""Which letters are done with is remembered exactly, in whatever order they were chosen."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.redrive.progress import Done

some = st.sets(st.integers(0, 60))


def test_spans_beyond_the_position_are_written_and_read_back() -> None:
    done = Done(3).add([5, 6, 7, 9, 3])
    assert (done.next, done.metadata) == (4, "5-7,9")
    assert Done.read(4, "5-7,9") == done
    # and when the gap closes, the position goes past all of it
    assert done.add([4]) == Done(8, ((9, 9),))
    assert done.add([4, 8]) == Done(10)
    assert Done.read(10, "") == Done(10)


def test_what_retention_has_deleted_is_done_with() -> None:
    assert Done(3, ((6, 7), (9, 9))).since(6) == Done(8, ((9, 9),))
    assert Done(3, ((6, 7),)).since(2) == Done(3, ((6, 7),))


def test_metadata_of_somebody_else_is_no_progress() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Done.read(3, "mine")


@given(runs=st.lists(some, max_size=6))
def test_in_whatever_order_letters_are_done_with_those_are_known_and_no_others(runs: list[set[int]]) -> None:
    done, expected = Done(), set[int]()
    for run in runs:
        done, expected = done.add(run), expected | run
        done = Done.read(done.next, done.metadata)
    assert {offset for offset in range(70) if done.has(offset)} == expected
    # and no span touches the position or another
    edges = [done.next, *(edge for first, last in done.beyond for edge in (first, last + 1))]
    assert all(one < other for one, other in pairwise(edges))
