"""The contiguity rule: a late fetch neither loses nor repeats anything."""

from stream.engine.positions import Positions
from stream.engine.record import Record, TopicPartition

AT = TopicPartition("clicks", 0)


def records(*offsets: int) -> dict[TopicPartition, list[Record]]:
    return {AT: [Record("clicks", 0, offset, 0, None, b"") for offset in offsets]}


def standing_at(offset: int) -> Positions:
    positions = Positions()
    positions.place({AT: offset})
    return positions


def offsets_of(worked: dict[TopicPartition, list[Record]]) -> list[int]:
    return [record.offset for record in worked.get(AT, [])]


def test_what_lies_before_the_position_is_dropped():
    worked, seeks = standing_at(5).contiguous(records(3, 4, 5, 6))
    assert (offsets_of(worked), seeks) == ([5, 6], {})


def test_a_fetch_that_begins_too_far_on_is_dropped_and_sought_back():
    worked, seeks = standing_at(5).contiguous(records(9, 10))
    assert (offsets_of(worked), seeks) == ([], {AT: 5})


def test_a_hole_that_comes_back_is_real():
    positions = standing_at(5)
    positions.contiguous(records(9, 10))
    worked, seeks = positions.contiguous(records(9, 10))
    assert (offsets_of(worked), seeks) == ([9, 10], {})


def test_another_hole_is_sought_back_again():
    positions = standing_at(5)
    positions.contiguous(records(9))
    worked, seeks = positions.contiguous(records(12))
    assert (offsets_of(worked), seeks) == ([], {AT: 5})


def test_a_partition_that_is_not_ours_is_left_alone():
    worked, seeks = Positions().contiguous(records(0, 1))
    assert (worked, seeks) == ({}, {})
