"""A profile as bytes: one byte for the version of the form, then MessagePack arrays without field names."""

import msgspec
from msgspec.structs import replace

from features.errors import DamagedValue
from features.profile import Profile, ShownList

# New fields are put at the end of their struct with a default: older bytes are read as they are. Any other change of the
# structs needs a new version here, and a reader of the old one.
VERSION = b"\x01"

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Profile)


def encode(profile: Profile) -> bytes:
    """Return the profile's bytes: some 450 for four clicks and two suggestions, some 6,000 for a full history."""
    if len(profile.shown.lists) > 1:
        profile = replace(profile, shown=replace(profile.shown, lists=_without_repeats(profile.shown.lists)))
    return VERSION + _encoder.encode(profile)


def decode(value: bytes) -> Profile:
    """Return the profile that `encode` wrote.

    Raises:
        DamagedValue: the bytes are not a profile of this version.
    """
    if value[:1] != VERSION:
        raise DamagedValue(f"profile of unknown version {value[:1]!r}: run the release that wrote it, or delete the key")
    try:
        profile = _decoder.decode(memoryview(value)[1:])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedValue(f"profile cannot be read ({error}): restore the key from a backup, or delete it") from error
    if len(profile.shown.lists) > 1:
        profile = replace(profile, shown=replace(profile.shown, lists=_with_repeats(profile.shown.lists)))
    return profile


def _without_repeats(lists: tuple[ShownList, ...]) -> tuple[ShownList, ...]:
    """Leave the session's name, up to 90 bytes, to the last of the neighbours that share it; no session is named ""."""
    following = [one.session for one in lists[1:]]
    short = [replace(one, session="") if one.session == after else one for one, after in zip(lists, following, strict=False)]
    return (*short, lists[-1])


def _with_repeats(lists: tuple[ShownList, ...]) -> tuple[ShownList, ...]:
    whole, session = [], ""
    for one in reversed(lists):
        session = one.session or session
        whole.append(replace(one, session=session))
    return tuple(reversed(whole))
