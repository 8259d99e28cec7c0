"""How a partition lies in a key-value store: its keys, which are all in one cluster slot, and the values that are no profiles."""

from collections.abc import Sequence
from zlib import crc32

from msgspec import Struct

from features.profile import Profile
from features.store.port import Crash, Fence

DAY_MS = 24 * 60 * 60 * 1000
LIFE_MS = 90 * DAY_MS
JITTER_MS = 9 * DAY_MS  # +- 10 %, so that the customers of one campaign do not expire in one night
SHORTEST_LIFE_MS = LIFE_MS - JITTER_MS
EPOCH = "epoch"  # a field of the fence that is no topic


class Keys(Struct, frozen=True):
    """The keys of one partition number; what stands in braces alone decides the slot."""

    prefix: str
    partition: int

    @property
    def fence(self) -> str:
        """A hash: for every topic the offset of the next record, and `epoch`."""
        return f"{self.prefix}:{{p{self.partition}}}:f"

    @property
    def outbox(self) -> str:
        """A string, absent where nothing is to be sent."""
        return f"{self.prefix}:{{p{self.partition}}}:o"

    @property
    def crashes(self) -> str:
        """A hash: `topic:offset` to count, line feed, traceback."""
        return f"{self.prefix}:{{p{self.partition}}}:x"

    @property
    def topics(self) -> str:
        """A hash: `topic` to the broker's own id of the topic that is handled here, which one that is made anew does not have."""
        return f"{self.prefix}:{{p{self.partition}}}:t"

    def profile(self, customer: str) -> str:
        """A string of `features.codec`."""
        return f"{self.prefix}:{{p{self.partition}}}:u:{customer}"


def all_profiles(prefix: str) -> str:
    """Return what SCAN is to match: the profiles of every partition number."""
    return f"{prefix}:{{p*}}:u:*"


def owner_of(key: bytes) -> tuple[int, str]:
    """Return the partition number and the customer of a profile's key; no prefix of the settings has a colon."""
    head, _, customer = key.decode().partition(":u:")
    return int(head.rpartition("{p")[2].removesuffix("}")), customer


def fence_arguments(fence: Fence) -> list[str | int]:
    """Return the number of fields, then field and value in turn."""
    fields: list[str | int] = [len(fence.watermarks) + 1, EPOCH, fence.epoch]
    for topic, offset in fence.watermarks.items():
        fields += (topic, offset)
    return fields


def fence_of(fields: Sequence[bytes]) -> Fence:
    """Return the fence whose hash has these fields and values in turn; none at all for a partition never written."""
    found = {name.decode(): int(value) for name, value in zip(fields[::2], fields[1::2], strict=True)}
    epoch = found.pop(EPOCH, 0)
    return Fence(found, epoch)


def crash_of(value: bytes) -> Crash:
    """Return what `crash.lua` wrote."""
    count, _, traceback = value.decode().partition("\n")
    return Crash(int(count), traceback)


def life_ms(customer: str, profile: Profile) -> int:
    """Return how long a profile is kept without another event: 81 to 99 days; 0, for ever, where it holds an opt-out."""
    return 0 if profile.opted_out else SHORTEST_LIFE_MS + crc32(customer.encode()) % (2 * JITTER_MS)
