"""One number for the state of all customers, to tell whether two systems that had the same events know the same."""

from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from features.codec import encode
from features.profile import Profile, Shown

_MODULUS = 2**256
_NOTHING_SAID = Shown()


class Digest(Struct, frozen=True):
    """A sum over customers of the SHA-256 of each one's state, so that their order counts for nothing (Bellare and Micciancio, 1997).

    It covers what events determine: not what was shown, which depends on what a policy said, and not the ids of the newest
    events, which stand in their order of arrival. It tells accidents, not attacks.
    """

    customers: int = 0
    sum: int = 0

    def __add__(self, other: "Digest") -> "Digest":
        """Return the digest of both, which share no customer."""
        return Digest(self.customers + other.customers, (self.sum + other.sum) % _MODULUS)

    def __str__(self) -> str:
        """Return 64 hexadecimal digits."""
        return f"{self.sum:064x}"


def digest(profiles: Mapping[str, Profile]) -> Digest:
    """Return the digest of these customers. About 5 microseconds each, 30 with a full history."""
    return sum((Digest(1, _of(customer, profile)) for customer, profile in profiles.items()), Digest())


def _of(customer: str, profile: Profile) -> int:
    determined = replace(profile, shown=_NOTHING_SAID, event_ids=b"")
    name = customer.encode()
    return int.from_bytes(sha256(len(name).to_bytes(4, "big") + name + encode(determined)).digest(), "big")
