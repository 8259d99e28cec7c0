"""Of which suggestions all candidates are kept, so that it can be proved how they came about."""

from zlib import crc32

from online_models.policy.balance import Audit

ONE = 1 << 32


def in_sample(suggestion_id: str, audit: Audit) -> bool:
    """Return whether this suggestion is one of those; a replay, which gives the same ids, chooses the same, a larger share keeps them.

    About 0.5 us, for it is asked of every suggestion: a checksum spreads ids well enough where nobody gains by being drawn.
    """
    return crc32(suggestion_id.encode()) < audit.share * ONE
