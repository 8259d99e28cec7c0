"""Where a customer lives: Kafka's own default partitioner."""

from functools import lru_cache

from aiokafka.partitioner import murmur2  # type: ignore[import-untyped]

KEPT_HOMES = 50_000  # customers whose partition is remembered; 12 MB when full


@lru_cache(KEPT_HOMES)
def partition_of(customer: str, partitions: int) -> int:
    """Return the partition of a key as Java's producer chooses it (murmur2); librdkafka's own default differs.

    About 15 microseconds for a pseudonym, in pure Python; 0.1 for one of the last 50,000.
    """
    return int((murmur2(customer.encode()) & 0x7FFFFFFF) % partitions)
