"""The store in this process's memory: for replays, evaluation and tests; nothing outlives it, nothing expires."""

from collections.abc import AsyncIterator, Collection, Mapping

from msgspec import Struct

from features.profile import Profile
from features.store.port import Commit, Crash, Fence, Partition


class _Kept(Struct):
    """All of one partition."""

    fence: Fence = Fence()
    outbox: bytes = b""
    profiles: dict[str, Profile] = {}
    crashes: dict[str, Crash] = {}
    topic_ids: dict[str, str] = {}


class MemoryStore:
    """A `Store` of plain dicts. Nothing in it awaits, so each call is atomic among tasks of one event loop."""

    def __init__(self) -> None:
        self._partitions: dict[int, _Kept] = {}

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        """Return each partition's fence and wanted profiles."""
        return {number: self._read(self._of(number), customers) for number, customers in wanted.items()}

    def _read(self, kept: _Kept, customers: Collection[str]) -> Partition:
        found = {customer: kept.profiles[customer] for customer in customers if customer in kept.profiles}
        return Partition(kept.fence, found)

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        """Write what its fence allows; returns the refused partitions with the fence that stands there."""
        return {one.partition: self._of(one.partition).fence for one in commits if not self._committed(one)}

    def _committed(self, commit: Commit) -> bool:
        kept = self._of(commit.partition)
        if kept.fence != commit.before:
            return False
        for customer, profile in commit.profiles.items():
            if profile is None:
                kept.profiles.pop(customer, None)
            else:
                kept.profiles[customer] = profile
        for address in commit.crashes_cleared:
            kept.crashes.pop(address, None)
        kept.fence, kept.outbox = commit.after, commit.outbox
        return True

    async def outbox(self, partition: int) -> tuple[Fence, bytes]:
        """Return the fence and the outbox."""
        kept = self._of(partition)
        return kept.fence, kept.outbox

    async def clear_outbox(self, fences: Mapping[int, Fence]) -> None:
        """Delete the outboxes whose fence is still the given one."""
        for number, fence in fences.items():
            kept = self._of(number)
            if kept.fence == fence:
                kept.outbox = b""

    async def forget_profiles(self, fences: Mapping[int, Fence]) -> dict[int, Fence]:
        """Delete the profiles but for opt-outs; returns the refused partitions with the fence that stands there."""
        refused = {number: self._of(number).fence for number, fence in fences.items() if self._of(number).fence != fence}
        for kept in (self._of(number) for number in fences.keys() - refused.keys()):
            kept.profiles = {customer: profile for customer, profile in kept.profiles.items() if profile.opted_out}
        return refused

    async def topic_ids(self, partition: int, ids: Mapping[str, str]) -> dict[str, str]:
        """Keep the ids of topics of which none is kept, and return those that are kept."""
        kept = self._of(partition)
        kept.topic_ids = {**ids, **kept.topic_ids}
        return dict(kept.topic_ids)

    async def crashes(self, partition: int) -> dict[str, Crash]:
        """Return the crash counters by `topic:offset`."""
        return dict(self._of(partition).crashes)

    async def count_crash(self, partition: int, address: str, traceback: str) -> int:
        """Count one more death at `address`."""
        crashes = self._of(partition).crashes
        count = crashes[address].count + 1 if address in crashes else 1
        crashes[address] = Crash(count, traceback)
        return count

    async def everybody(self) -> AsyncIterator[tuple[int, dict[str, Profile]]]:
        """Yield every partition's customers."""
        for number, kept in sorted(self._partitions.items()):
            if kept.profiles:
                yield number, dict(kept.profiles)

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""

    def _of(self, partition: int) -> _Kept:
        return self._partitions.setdefault(partition, _Kept())
