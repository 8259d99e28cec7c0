"""What was said, and how it was taken."""

from features.profile import Shown
from features.shown import (
    DAY_MS,
    MAX_DISMISSED,
    dismissed,
    is_paused,
    items_dismissed,
    list_dismissed,
    paused,
    said,
    seen,
    times_dismissed,
    times_shown,
)

DAY_START_MS = 20_414 * DAY_MS  # 2025-11-22 00:00 UTC
HOUR_MS = DAY_MS // 24


def test_a_list_is_counted_by_session_and_by_day():
    shown = Shown()
    for session, hour in (("s-1", 1), ("s-1", 2), ("s-2", 3)):
        shown = said(shown, ["upgrades"], session=session, now_ms=DAY_START_MS + hour * HOUR_MS)
    assert times_shown(shown, "upgrades", "s-2", DAY_START_MS + 4 * HOUR_MS) == (1, 3)
    assert times_shown(shown, "upgrades", "s-3", DAY_START_MS + 4 * HOUR_MS) == (0, 3)
    assert times_shown(shown, "upgrades", "s-2", DAY_START_MS + DAY_MS) == (1, 0)
    assert times_shown(shown, "accessories", "s-2", DAY_START_MS) == (0, 0)


def test_the_list_said_last_stands_last():
    shown = said(Shown(), ["upgrades", "accessories"], session="s-1", now_ms=DAY_START_MS)
    shown = said(shown, ["upgrades"], session="s-2", now_ms=DAY_START_MS)
    assert [(one.item_list_id, one.session) for one in shown.lists] == [("accessories", "s-1"), ("upgrades", "s-2")]


def test_the_ten_lists_said_last_are_counted():
    shown = Shown()
    for number in range(11):
        shown = said(shown, [f"list-{number}"], session="s-1", now_ms=DAY_START_MS)
    assert [one.item_list_id for one in shown.lists] == [f"list-{number}" for number in range(1, 11)]


def test_counting_one_thing_leaves_the_others_alone():
    shown = paused(dismissed(seen(said(Shown(), ["plans"], session="s", now_ms=DAY_START_MS)), ["tea"], None, 7), 9)
    again = paused(dismissed(seen(said(shown, ["plans"], session="s", now_ms=DAY_START_MS)), ["cup"], None, 8), 3)
    assert times_shown(again, "plans", "s", DAY_START_MS) == (2, 2)
    assert (again.impressions, again.dismissed, again.paused_until_ms) == (2, (("tea", 7), ("cup", 8)), 9)


def test_a_dismissed_item_is_remembered_for_as_long_as_is_asked():
    shown = dismissed(Shown(), ["tea", "cup"], "upgrades", DAY_START_MS)
    assert items_dismissed(shown, DAY_START_MS + 10, within_ms=10) == {"tea", "cup"}
    assert items_dismissed(shown, DAY_START_MS + 11, within_ms=10) == frozenset()
    assert not list_dismissed(shown, "upgrades", DAY_START_MS, within_ms=10)


def test_a_dismissed_list_is_that_list_and_one_without_a_name_is_every_list():
    one = dismissed(Shown(), [], "upgrades", DAY_START_MS)
    assert list_dismissed(one, "upgrades", DAY_START_MS + 10, within_ms=10)
    assert not list_dismissed(one, "upgrades", DAY_START_MS + 11, within_ms=10)
    assert not list_dismissed(one, "plans", DAY_START_MS, within_ms=10)
    assert items_dismissed(one, DAY_START_MS, within_ms=10) == frozenset()
    assert list_dismissed(dismissed(Shown(), [], None, DAY_START_MS), "plans", DAY_START_MS, within_ms=10)


def test_several_items_turned_down_at_once_are_one_dismissal():
    shown = dismissed(dismissed(Shown(), ["tea", "cup"], None, 100), [], "plans", 200)
    assert times_dismissed(shown, 200, within_ms=100) == 2
    assert times_dismissed(shown, 201, within_ms=100) == 1


def test_the_newest_fifty_dismissals_are_kept_whatever_their_order():
    shown = Shown()
    for at_ms in [*range(1, 60, 2), *range(0, 60, 2)]:
        shown = dismissed(shown, [f"i{at_ms}"], None, at_ms)
    assert shown.dismissed == tuple((f"i{at_ms}", at_ms) for at_ms in range(60 - MAX_DISMISSED, 60))


def test_a_pause_ends_at_its_time():
    shown = paused(Shown(), 1_000)
    assert is_paused(shown, 999)
    assert not is_paused(shown, 1_000)
