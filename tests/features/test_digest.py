"""The digest of all customers: the same in any order, another for any altered event."""

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from features.digest import Digest, digest
from features.fold import fold
from features.profile import EMPTY, Profile, Shown
from stream.contracts.events import AddToCart, Event, Item, ViewItem

NOW_MS = 1_763_780_000_000


def an_event(number: int, item: str = "tea", kind: type[Event] = ViewItem) -> Event:
    return kind(event_id=f"e{number}", event_time_ms=NOW_MS + number, customer="k1:a", session_id="s", items=(Item(item),))  # type: ignore[call-arg]


def folded(*events: Event) -> Profile:
    profile = EMPTY
    for event in events:
        profile = fold(profile, event)
    return profile


EVENTS = [an_event(number, item, kind) for number, (item, kind) in enumerate([("tea", ViewItem), ("cup", AddToCart), ("tea", ViewItem)])]


@given(st.permutations(EVENTS), st.randoms())
def test_neither_the_order_of_customers_nor_that_of_events_counts(events: list[Event], chance: random.Random):
    profiles = {f"k1:{number}": folded(*events[:number]) for number in range(4)} | {"k1:whole": folded(*events)}
    shuffled = dict(chance.sample(list(profiles.items()), len(profiles)))
    assert digest(shuffled) == digest(profiles)
    assert digest({"k1:whole": folded(*events)}) == digest({"k1:whole": folded(*EVENTS)})


def test_one_altered_event_one_more_and_one_less_change_it_and_so_does_whose_it_is():
    whole = digest({"k1:a": folded(*EVENTS)})
    others = [
        folded(*EVENTS[:2]),
        folded(*EVENTS, an_event(9)),
        folded(EVENTS[0], an_event(1, "cup"), EVENTS[2]),
        folded(replace(EVENTS[0], event_time_ms=NOW_MS - 1), *EVENTS[1:]),
    ]
    sums = {str(digest({"k1:a": profile})) for profile in others} | {str(digest({"k1:b": folded(*EVENTS)}))}
    assert len(sums | {str(whole)}) == len(others) + 2


def test_what_was_shown_and_the_order_of_arrival_do_not_count():
    profile = folded(*EVENTS)
    said = replace(profile, shown=Shown(impressions=3), event_ids=profile.event_ids[::-1])
    assert digest({"k1:a": said}) == digest({"k1:a": profile})


def test_parts_add_up_to_the_whole_and_cannot_be_told_apart_from_it():
    parts = [{"k1:a": folded(EVENTS[0])}, {"k1:b": folded(EVENTS[1])}]
    assert digest(parts[0]) + digest(parts[1]) == digest(parts[0] | parts[1])
    assert (str(Digest()), digest({}).customers) == (64 * "0", 0)
