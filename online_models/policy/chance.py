"""Chance without a generator: a hash of names, which falls the same way whenever and wherever it is asked."""

from hashlib import blake2b

ONE = 1 << 64


def drawn(*names: str) -> int:
    """Return a number of 0 .. 2^64 - 1, uniform over the names; where one name ends and the next begins counts."""
    hashed = blake2b(digest_size=8)
    for name in names:
        said = name.encode()
        hashed.update(len(said).to_bytes(4, "big") + said)
    return int.from_bytes(hashed.digest(), "big")


def below(share: float) -> int:
    """Return the bound under which `drawn` falls with the probability `share`, exact to 2^-64."""
    return int(share * ONE)
