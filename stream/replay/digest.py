"""The digest of a store: read from beginning to end."""

from msgspec import Struct

from features.digest import Digest, digest
from features.store.address import RedisAddress
from features.store.port import Store
from features.store.redis import open_store


class Told(Struct, frozen=True):
    """The digest of each partition number that has customers, in order, and of all together."""

    partitions: dict[int, Digest]

    @property
    def total(self) -> Digest:
        """Of all customers; in which partition each of them is does not count."""
        return sum(self.partitions.values(), Digest())


async def digest_of(redis: RedisAddress, prefix: str) -> Told:
    """Read all customers under this prefix. Raises StoreAway, DamagedValue."""
    store = open_store(redis, prefix=prefix)
    try:
        return await digest_of_store(store)
    finally:
        await store.aclose()


async def digest_of_store(store: Store) -> Told:
    """Read all customers of a store; some 50,000 a second from Redis."""
    found: dict[int, Digest] = {}
    async for number, profiles in store.everybody():
        found[number] = found.get(number, Digest()) + digest(profiles)
    return Told(dict(sorted(found.items())))
