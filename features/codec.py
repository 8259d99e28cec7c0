"""A profile as bytes: one byte for the version of the form, then MessagePack arrays without field names."""

import msgspec

from features.errors import DamagedValue
from features.profile import Profile

# New fields are put at the end of their struct with a default: older bytes are read as they are. Any other change of the
# structs needs a new version here, and a reader of the old one.
VERSION = b"\x01"

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Profile)


def encode(profile: Profile) -> bytes:
    """Return the profile's bytes: some 300 for four clicks, some 6,000 for a full history."""
    return VERSION + _encoder.encode(profile)


def decode(value: bytes) -> Profile:
    """Return the profile that `encode` wrote.

    Raises:
        DamagedValue: the bytes are not a profile of this version.
    """
    if value[:1] != VERSION:
        raise DamagedValue(f"profile of unknown version {value[:1]!r}: run the release that wrote it, or delete the key")
    try:
        return _decoder.decode(memoryview(value)[1:])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedValue(f"profile cannot be read ({error}): restore the key from a backup, or delete it") from error
