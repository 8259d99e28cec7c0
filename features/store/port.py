"""The store's port: what the engine reads and commits, a partition at a time."""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Protocol

from msgspec import Struct

from features.profile import Profile


class Fence(Struct, frozen=True, array_like=True):
    """How far a partition number is handled: per input topic the offset of the next record, and who may write.

    `epoch` grows with every writer that is not a worker (reset, restore), so a worker that slept through it is refused.
    """

    watermarks: dict[str, int] = {}
    epoch: int = 0


class Partition(Struct, frozen=True):
    """One partition as read atomically: its fence and the profiles that were asked for.

    A customer without a profile is absent from `profiles`.
    """

    fence: Fence
    profiles: dict[str, Profile]


class Commit(Struct, frozen=True):
    """All that one chunk changes in one partition; None deletes a profile. `outbox` empty: nothing is sent."""

    partition: int
    before: Fence
    after: Fence
    profiles: Mapping[str, Profile | None]
    outbox: bytes
    crashes_cleared: Collection[str] = ()


class Crash(Struct, frozen=True):
    """A record that ended processes: how often, and the last traceback."""

    count: int
    traceback: str


class Store(Protocol):
    """Keeper of profiles, fences, outboxes and crash counters. Every method may raise StoreAway, which is retriable."""

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        """Return for each partition its fence and the wanted customers' profiles; each partition atomically."""

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        """Write each partition's changes if its fence is still `before`, else leave it untouched.

        An outbox that stands there is replaced, so the caller has sent what is in it. Returns the refused partitions with the
        fence that stands there; empty when all was written. Each partition is atomic.
        """

    async def outbox(self, partition: int) -> tuple[Fence, bytes]:
        """Return the fence and the outbox's bytes, read atomically; b"" where none stands."""

    async def clear_outbox(self, fences: Mapping[int, Fence]) -> None:
        """Delete each partition's outbox if its fence is still the given one."""

    async def forget_profiles(self, fences: Mapping[int, Fence]) -> dict[int, Fence]:
        """Delete each partition's profiles but those that hold an opt-out, as long as its fence is still the given one.

        Returns the refused partitions with the fence that stands there; of those some profiles may be gone. Many round trips: not
        atomic, and whoever calls it again goes on where it ended. Raises DamagedValue for a profile of which it cannot tell.
        """

    async def topic_ids(self, partition: int, ids: Mapping[str, str]) -> dict[str, str]:
        """Keep the broker's id of each topic of which none is kept, and return those that are kept."""

    async def crashes(self, partition: int) -> dict[str, Crash]:
        """Return the crash counters of a partition, by `topic:offset`."""

    async def count_crash(self, partition: int, address: str, traceback: str) -> int:
        """Count one more death at `address` (`topic:offset`), keep its traceback, return the count."""

    def everybody(self) -> AsyncIterator[tuple[int, dict[str, Profile]]]:
        """Yield every customer once, some hundreds at a time with the number of their partition; for tools, not for workers.

        Whoever is written meanwhile is there as before or as after.
        """

    async def aclose(self) -> None:
        """Let go of connections."""
