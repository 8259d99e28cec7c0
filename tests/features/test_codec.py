"""A profile as bytes, and back."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.codec import VERSION, decode, encode
from features.errors import DamagedValue
from features.profile import EMPTY, Basket, CartLine, Meter, Profile, Recent, Shown, ShownList, Spend, Touch
from features.shown import said

FULL = Profile(
    history=(Touch("85123A", 1_763_780_000_000, 3, 1, -1, 1_763_780_000_000),),
    recent=(Recent(1_763_780_000_000, "85123A", 2, 2**32 - 1),),
    cart=(CartLine(1, "湯呑", 2.5, None), CartLine(2, "湯呑", -1.0, 1980.0)),
    cart_cleared_ms=5,
    baskets=(Basket(1, ("a", "b")),),
    n_baskets=1,
    n_lines=2,
    spend=(Spend("Lights", 9, ((680, 65_536, -12), (681, 2**40, 2**50))),),
    event_ids=bytes(range(16)),
    language="ja",
    language_ms=7,
    currency="JPY",
    currency_ms=8,
    chain_ms=3,
    shown=Shown((ShownList("plans", "s", 1, 20_000, 2),), 4, (("list:", 3),), 11),
    meters=(Meter(9, "plan-s", "storage_gb", 46.5, 50.0),),
)


@pytest.mark.parametrize("profile", [EMPTY, FULL, Profile(opted_out=True)], ids=["empty", "full", "opted out"])
def test_what_was_encoded_comes_back(profile: Profile):
    assert decode(encode(profile)) == profile


sessions = st.text(min_size=1, max_size=3)
lists = st.builds(ShownList, st.sampled_from(["plans", "upgrades"]), sessions, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))


@settings(deadline=None)
@given(st.lists(lists, max_size=5).map(tuple))
def test_every_list_gets_its_session_back(shown: tuple[ShownList, ...]):
    profile = Profile(shown=Shown(shown))
    assert decode(encode(profile)) == profile


def test_a_session_shared_by_lists_is_written_once():
    shown = said(Shown(), ["upgrades", "plans", "top_up"], session="s" * 80, now_ms=0)
    assert encode(Profile(shown=shown)).count(b"s" * 80) == 1


def test_bytes_from_before_a_field_was_added_are_read_with_its_default():
    # given the array as an older release wrote it, without the last field
    fields = msgspec.msgpack.decode(encode(FULL)[1:])
    # then it is the same profile, without meters
    assert decode(VERSION + msgspec.msgpack.encode(fields[:-1])) == msgspec.structs.replace(FULL, meters=())


@pytest.mark.parametrize(
    "value",
    [b"", b"\x02" + encode(FULL)[1:], encode(FULL)[:-1], VERSION, VERSION + b"\xff\xff", VERSION + b"\x01", VERSION + b"\x91\xa3abc"],
    ids=["nothing", "another version", "cut off", "no body", "no MessagePack", "another type", "another shape"],
)
def test_what_is_no_profile_is_damaged(value: bytes):
    with pytest.raises(DamagedValue):
        decode(value)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_garbage_is_damaged_or_a_profile_and_never_anything_else(value: bytes):
    with suppress(DamagedValue):
        assert isinstance(decode(VERSION + value), Profile)
