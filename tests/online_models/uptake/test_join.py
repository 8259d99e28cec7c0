"""What was shown meets what became of it: late, twice, out of order, or never."""

from itertools import permutations

import pytest

from online_models.uptake.join import (
    BUY,
    CART,
    CLICK,
    DISMISSED,
    LATE_MS,
    MINUTE_MS,
    MOST_IN_A_MINUTE,
    SEEN,
    WINDOW_MS,
    Card,
    Final,
    Join,
    Lesson,
)

NOON_MS = 1_763_812_800_000
X = {item: item.encode() for item in ("tea", "cup", "kettle")}


def a_join(*suggestions: str, at_ms: int = NOON_MS) -> Join:
    """Return a join that holds these suggestions, each of tea and cup among the accessories and a kettle among the upgrades."""
    join = Join()
    join.advance(at_ms)
    for offset, name in enumerate(suggestions):
        assert show(join, name, offset) == "shown"
    return join


def show(join: Join, name: str, offset: int, *, source: str = "clicks:0") -> str:
    lists = {"tea": "accessories", "cup": "accessories", "kettle": "upgrades"}
    cards = {item: Card(list_id, X[item]) for item, list_id in lists.items()}
    return join.shown(name, cards, source=source, source_offset=offset, offset=offset)


def over(join: Join, ms: int = WINDOW_MS) -> list[Lesson | Final]:
    return join.advance(NOON_MS + ms)


@pytest.mark.parametrize("kind", [CLICK, CART, BUY])
def test_whatever_takes_an_item_up_is_a_yes_at_once_and_the_only_one(kind: str):
    join = a_join("s")
    assert join.heard("s", kind, ["tea"], None) == [Lesson(X["tea"], True)]
    assert join.heard("s", BUY, ["tea"], None) == []
    assert over(join) == []


def test_what_was_seen_is_a_no_once_the_window_is_over():
    join = a_join("s")
    assert join.heard("s", SEEN, ["tea", "cup"], "accessories") == []
    assert over(join, WINDOW_MS - 1) == []
    # the kettle was never on screen: of it nothing is learnt
    assert over(join) == [Lesson(X["tea"], False), Lesson(X["cup"], False)]


def test_what_nobody_saw_teaches_nothing():
    join = a_join("s")
    assert over(join) == []
    assert over(join, WINDOW_MS + LATE_MS) == []
    assert len(join) == 0


def test_what_is_seen_after_the_window_is_a_no_as_it_is_seen():
    join = a_join("s")
    over(join)
    assert join.heard("s", SEEN, ["tea"], None) == [Lesson(X["tea"], False)]


def test_a_dismissed_item_is_a_no_at_once():
    join = a_join("s")
    assert join.heard("s", DISMISSED, ["tea"], "accessories") == [Lesson(X["tea"], False)]
    assert over(join) == []


@pytest.mark.parametrize(("list_id", "noes"), [("accessories", ["tea", "cup"]), ("upgrades", ["kettle"]), (None, ["tea", "cup", "kettle"])])
def test_a_list_dismissed_as_a_whole_is_a_no_for_each_of_its_items(list_id: str | None, noes: list[str]):
    assert a_join("s").heard("s", DISMISSED, [], list_id) == [Lesson(X[item], False) for item in noes]


def test_a_list_seen_without_naming_items_says_nothing():
    join = a_join("s")
    assert join.heard("s", SEEN, [], "accessories") == []
    assert over(join) == []


def test_a_late_yes_corrects_the_no_as_long_as_the_suggestion_is_held():
    join = a_join("s", "t")
    for name in ("s", "t"):
        join.heard(name, SEEN, ["tea"], None)
    over(join)
    assert over(join, WINDOW_MS + LATE_MS - 1) == []
    assert join.heard("s", CART, ["tea"], None) == [Lesson(X["tea"], True, corrects=True)]
    # once it is no longer held, what happened with it is final, and a yes comes too late
    assert over(join, WINDOW_MS + LATE_MS) == [Final(frozenset({SEEN, CART})), Final(frozenset({SEEN}))]
    assert join.heard("t", CART, ["tea"], None) is None


def test_a_yes_after_a_dismissal_is_a_yes():
    join = a_join("s")
    join.heard("s", DISMISSED, ["tea"], None)
    assert join.heard("s", BUY, ["tea"], None) == [Lesson(X["tea"], True, corrects=True)]


@pytest.mark.parametrize("order", list(permutations([SEEN, CLICK, CART, DISMISSED])))
def test_in_whatever_order_outcomes_come_the_label_they_leave_is_the_same(order: tuple[str, ...]):
    join = a_join("s")
    lessons = [lesson for kind in order for lesson in join.heard("s", kind, ["tea"], None) or ()] + over(join)
    assert isinstance(lessons[-1], Lesson)
    assert lessons[-1].taken
    # a yes is only ever told once, and is a correction just where a no was told before
    assert [one.taken for one in lessons if isinstance(one, Lesson)] in ([True], [False, True])
    assert lessons[-1].corrects == (len(lessons) == 2)


def test_outcomes_that_come_again_change_nothing():
    join = a_join("s")
    join.heard("s", SEEN, ["tea"], None)
    join.heard("s", CLICK, ["cup"], None)
    assert join.heard("s", CLICK, ["cup", "cup"], None) == []
    assert over(join) == [Lesson(X["tea"], False)]
    assert join.heard("s", SEEN, ["tea"], None) == []


def test_a_suggestion_that_comes_again_is_held_once_also_when_the_first_is_gone():
    join = a_join("s")
    assert show(join, "s", 0) == "repeats"
    over(join, WINDOW_MS + LATE_MS)
    assert show(join, "s", 0) == "repeats"
    assert len(join) == 0


def test_items_that_were_not_shown_and_suggestions_that_are_unknown_teach_nothing():
    join = a_join("s")
    assert join.heard("s", BUY, ["saucer"], None) == []
    assert join.heard("of somebody else", BUY, ["tea"], None) is None


def test_an_event_time_that_lies_back_turns_no_clock_back_and_shortens_no_window():
    join = a_join()
    # given a customer whose clock is an hour slow: his suggestion's window begins where everybody's clock stands
    assert join.advance(NOON_MS - 60 * MINUTE_MS) == []
    show(join, "s", 0)
    join.heard("s", SEEN, ["tea"], None)
    assert over(join, WINDOW_MS - 1) == []
    assert over(join) == [Lesson(X["tea"], False)]


def test_what_is_held_is_bounded_however_much_is_shown():
    # given ten times as many suggestions a minute as are joined, for three hours of which two are held
    join = Join()
    for minute in range(180):
        join.advance(NOON_MS + minute * MINUTE_MS)
        said = [show(join, f"{minute}-{number}", 10 * MOST_IN_A_MINUTE * minute + number) for number in range(10 * MOST_IN_A_MINUTE)]
        assert said.count("not_sampled") == 9 * MOST_IN_A_MINUTE
        assert len(join) <= MOST_IN_A_MINUTE * 120  # (30 + 90) minutes of 300
