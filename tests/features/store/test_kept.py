"""Profiles in memory, of which only those used last are held as they are."""

import tracemalloc

from features.profile import EMPTY, Profile, Recent, Shown, ShownList, Touch
from features.store.kept import KeptProfiles

NOON_MS = 1_763_780_000_000


def a_profile(number: int) -> Profile:
    at_ms = NOON_MS + number
    history = tuple(Touch(f"item-{number}-{place}", at_ms, views=1) for place in range(4))
    recent = tuple(Recent(at_ms, touch.item_id, 1, 77) for touch in history)
    lists = (ShownList("accessories", "s", 1, 20_414, 2), ShownList("upgrades", "s", 1, 20_414, 1))
    return Profile(history, recent, event_ids=b"12345678", language="日本語", shown=Shown(lists))


def test_a_profile_that_was_not_used_lately_comes_back_the_same():
    # given room for two, and four customers of two partitions
    kept = KeptProfiles(lambda customer: NOON_MS, warm=2)
    for number in range(4):
        kept.put(number % 2, f"k1:{number}", a_profile(number))
    # then all are there, asked for one by one, again, and all together
    for _ in range(2):
        assert [kept.get(number % 2, f"k1:{number}") for number in range(4)] == [a_profile(number) for number in range(4)]
    assert dict(kept.of(0)) == {"k1:0": a_profile(0), "k1:2": a_profile(2)}
    # and one that is written anew, or dropped, is so whether it was in use or not
    for number in (0, 3):
        kept.put(number % 2, f"k1:{number}", EMPTY)
        assert kept.get(number % 2, f"k1:{number}") == EMPTY
    for number in (1, 2):
        kept.drop(number % 2, f"k1:{number}")
    assert dict(kept.of(0)) == {"k1:0": EMPTY}
    assert dict(kept.of(1)) == {"k1:3": EMPTY}


def test_who_was_not_there_lately_takes_less_than_half_of_the_room():
    def held_bytes(*, warm: int) -> int:
        tracemalloc.start()
        kept = KeptProfiles(lambda customer: NOON_MS, warm=warm)
        for number in range(5_000):
            kept.put(0, f"k1:{number}", a_profile(number))
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert kept.get(0, "k1:0") == a_profile(0)
        return held

    assert 2 * held_bytes(warm=10) < held_bytes(warm=5_000)
