"""Which touches make one visit."""

from features.profile import SESSION_GAP_MS
from features.session import Session, session_hash, session_of
from tests.features.events import MINUTE_MS, NOON_MS, a_click, a_view, folded

ANA = "k1:ana"


def test_a_session_lists_its_items_newest_first_with_how_often():
    views = [a_view(item, at_ms=NOON_MS + at) for at, item in enumerate(["tea", "cup", "tea", "pot"])]
    found = session_of(folded(*views), ANA, None, NOON_MS + 3)
    assert found == Session(f"{ANA}@{NOON_MS}", NOON_MS, items=("pot", "tea", "cup"), times=(1, 2, 1), length=4)


def test_thirty_minutes_of_silence_end_no_session_and_a_millisecond_more_does():
    tea = a_view("tea")
    for silence_ms, items in ((SESSION_GAP_MS, ("cup", "tea")), (SESSION_GAP_MS + 1, ("cup",))):
        at_ms = NOON_MS + silence_ms
        assert session_of(folded(tea, a_view("cup", at_ms=at_ms)), ANA, None, at_ms).items == items


def test_an_event_that_touches_nothing_belongs_to_the_chain_around_it():
    profile = folded(a_view("tea"))
    assert session_of(profile, ANA, None, NOON_MS + SESSION_GAP_MS).key == f"{ANA}@{NOON_MS}"
    assert session_of(profile, ANA, None, NOON_MS - SESSION_GAP_MS).key == f"{ANA}@{NOON_MS}"
    later_ms = NOON_MS + SESSION_GAP_MS + 1
    assert session_of(profile, ANA, None, later_ms) == Session(f"{ANA}@{later_ms}", later_ms)


def test_a_late_event_finds_the_session_of_its_own_time():
    evening_ms = NOON_MS + 8 * 60 * MINUTE_MS
    profile = folded(a_view("tea"), a_view("lamp", at_ms=evening_ms), a_view("cup", at_ms=NOON_MS + 1))
    assert session_of(profile, ANA, None, NOON_MS + 1).items == ("cup", "tea")
    assert session_of(profile, ANA, None, evening_ms).items == ("lamp",)


def test_a_session_id_gathers_its_touches_whatever_lies_between():
    hours_later_ms = NOON_MS + 300 * MINUTE_MS
    profile = folded(
        a_view("tea", session_id="s-1"),
        a_click("lamp", at_ms=NOON_MS + 1, session_id="s-2"),
        a_view("cup", at_ms=hours_later_ms, session_id="s-1"),
    )
    assert session_of(profile, ANA, "s-1", hours_later_ms) == Session("s-1", NOON_MS, items=("cup", "tea"), times=(1, 1), length=2)


def test_a_session_id_that_has_touched_nothing_is_an_empty_session():
    assert session_of(folded(a_view("tea")), ANA, "s-1", NOON_MS) == Session("s-1", NOON_MS)


def test_a_chain_longer_than_what_is_remembered_keeps_its_name():
    # given 60 views, ten minutes apart, of which the newest 20 are remembered
    times_ms = [NOON_MS + number * 10 * MINUTE_MS for number in range(60)]
    profile = folded(*[a_view(f"i{number}", at_ms=at_ms) for number, at_ms in enumerate(times_ms)])
    # then the session still bears the time of the first
    found = session_of(profile, ANA, None, times_ms[-1])
    assert (found.key, found.length) == (f"{ANA}@{NOON_MS}", 20)


def test_a_chain_is_named_anew_once_the_old_one_has_left_the_memory():
    # given a long chain, an hour of silence, and a chain of 19 and then 25 touches
    old = [a_view("tea", at_ms=NOON_MS + number) for number in range(25)]
    start_ms = NOON_MS + 60 * MINUTE_MS
    new = [a_view("cup", at_ms=start_ms + number) for number in range(25)]
    for length in (19, 20, 25):
        found = session_of(folded(*old, *new[:length]), ANA, None, start_ms + length - 1)
        assert (found.key, found.length) == (f"{ANA}@{start_ms}", min(length, 20))
    assert folded(*old, *new[:20]).chain_ms == 0


def test_a_late_event_from_long_before_does_not_rename_a_long_chain():
    views = [a_view("tea", at_ms=NOON_MS + number * 25 * MINUTE_MS) for number in range(25)]
    profile = folded(*views, a_view("old", at_ms=NOON_MS - 24 * 60 * MINUTE_MS))
    assert session_of(profile, ANA, None, views[-1].event_time_ms).key == f"{ANA}@{NOON_MS}"


def test_only_the_missing_session_id_is_hashed_to_nought():
    assert session_hash(None) == 0
    assert 0 < session_hash("s-1") < 2**32
    # this id's CRC-32 is 0
    assert session_hash("s-365-JojM") == 1
