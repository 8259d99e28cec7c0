"""The store in this process's memory: for replays, evaluation and tests; nothing outlives it."""

from collections.abc import AsyncIterator, Collection, Mapping
from itertools import islice

from msgspec import Struct

from features.profile import Profile
from features.store.kept import KeptProfiles, NowMs
from features.store.port import Commit, Crash, Fence, Partition

TOLD = 500  # customers at a time


class _Kept(Struct):
    """All of one partition but its profiles."""

    fence: Fence = Fence()
    outbox: bytes = b""
    crashes: dict[str, Crash] = {}
    topic_ids: dict[str, str] = {}


class MemoryStore:
    """A `Store` of plain dicts. Nothing in it awaits, so each call is atomic among tasks of one event loop.

    Profiles end as long after they were last written as in Redis, by the clock of whoever made the store: see `KeptProfiles`. Without a
    clock time stands still, and nothing ends.
    """

    def __init__(self, now_ms: NowMs = lambda customer: 0) -> None:
        self._partitions: dict[int, _Kept] = {}
        self._profiles = KeptProfiles(now_ms)

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        """Return each partition's fence and wanted profiles."""
        return {number: self._read(number, customers) for number, customers in wanted.items()}

    def _read(self, number: int, customers: Collection[str]) -> Partition:
        found = ((customer, self._profiles.get(number, customer)) for customer in customers)
        return Partition(self._of(number).fence, {customer: profile for customer, profile in found if profile is not None})

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        """Write what its fence allows; returns the refused partitions with the fence that stands there."""
        self._profiles.let_go()
        return {one.partition: self._of(one.partition).fence for one in commits if not self._committed(one)}

    def _committed(self, commit: Commit) -> bool:
        kept = self._of(commit.partition)
        if kept.fence != commit.before:
            return False
        for customer, profile in commit.profiles.items():
            if profile is None:
                self._profiles.drop(commit.partition, customer)
            else:
                self._profiles.put(commit.partition, customer, profile)
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
        for number in fences.keys() - refused.keys():
            for customer, profile in list(self._profiles.of(number)):
                if not profile.opted_out:
                    self._profiles.drop(number, customer)
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
        """Yield every partition's customers, some hundreds at a time."""
        for number in self._profiles.partitions:
            rest = self._profiles.of(number)
            while some := dict(islice(rest, TOLD)):
                yield number, some

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""

    def _of(self, partition: int) -> _Kept:
        return self._partitions.setdefault(partition, _Kept())
