"""Turns: what is worked before what it teaches is known."""

from stream.contracts.topics import CLICKSTREAM
from stream.engine.record import Record
from stream.replay.turns import ANSWERED_AT_ONCE, ANSWERED_WITHIN_MS, FOLDED_AT_ONCE, Turns


def records(*at_ms: int) -> list[Record]:
    return [Record(CLICKSTREAM, 0, offset, ms, None, None) for offset, ms in enumerate(at_ms)]


def times(turns: Turns, *at_ms: int) -> list[list[int]]:
    return [[record.timestamp_ms for record in turn] for turn in turns.of(records(*at_ms))]


def test_a_turn_ends_after_so_many_records_or_so_much_time():
    end = ANSWERED_WITHIN_MS
    assert times(Turns(most=4), 0, 5, 900, end, end + 1, 3, end + 4, end + 2, end + 5) == [
        [0, 5, 900, end],
        [end + 1, 3, end + 4, end + 2],
        [end + 5],
    ]
    assert times(Turns(most=4), 0, end, end + 1) == [[0, end], [end + 1]]
    assert times(Turns()) == []


def test_where_nobody_is_answered_only_the_number_counts():
    hours = [hour * 3_600_000 for hour in range(FOLDED_AT_ONCE + 1)]
    assert [len(turn) for turn in Turns(ranks=False).of(records(*hours))] == [FOLDED_AT_ONCE, 1]
    assert [len(turn) for turn in Turns().of(records(*[7] * (ANSWERED_AT_ONCE + 1)))] == [ANSWERED_AT_ONCE, 1]


def test_record_by_record_it_comes_to_the_same():
    turns, each = Turns(most=2), records(0, 1, 2, 5 * ANSWERED_WITHIN_MS)
    found = [turn for record in each if (turn := turns.add(record))]
    assert [*found, turns.rest()] == list(Turns(most=2).of(each))
    assert turns.rest() == []
