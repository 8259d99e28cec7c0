"""The store in this process's memory: for replays, evaluation and tests; nothing outlives it."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import NamedTuple

from msgspec import Struct

from features.profile import Profile
from features.store.layout import DAY_MS, life_ms
from features.store.port import Commit, Crash, Fence, Partition


class _Lasting(NamedTuple):
    """A profile, and the last millisecond in which it is kept; None: for ever."""

    profile: Profile
    until_ms: int | None

    def stands(self, now_ms: int) -> bool:
        return self.until_ms is None or now_ms <= self.until_ms


class _Kept(Struct):
    """All of one partition."""

    fence: Fence = Fence()
    outbox: bytes = b""
    profiles: dict[str, _Lasting] = {}
    crashes: dict[str, Crash] = {}
    topic_ids: dict[str, str] = {}


class MemoryStore:
    """A `Store` of plain dicts. Nothing in it awaits, so each call is atomic among tasks of one event loop.

    Profiles are kept as long after they were last written as Redis keeps them (`life_ms`), by the clock of whoever made the store.

    Args:
        now_ms: returns the time in milliseconds: None asks for it in general, a customer for when he is read or written, which may be a
            little earlier. Left out, time stands still, and nothing expires.
    """

    def __init__(self, now_ms: Callable[[str | None], int] = lambda customer: 0) -> None:
        self._now_ms = now_ms
        self._partitions: dict[int, _Kept] = {}
        self._due: defaultdict[int, set[tuple[int, str]]] = defaultdict(set)  # day -> whose profiles may end on it

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        """Return each partition's fence and wanted profiles."""
        return {number: self._read(self._of(number), customers) for number, customers in wanted.items()}

    def _read(self, kept: _Kept, customers: Collection[str]) -> Partition:
        found = ((customer, kept.profiles[customer]) for customer in customers if customer in kept.profiles)
        return Partition(kept.fence, {customer: one.profile for customer, one in found if one.stands(self._now_ms(customer))})

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        """Write what its fence allows; returns the refused partitions with the fence that stands there."""
        self._let_go()
        return {one.partition: self._of(one.partition).fence for one in commits if not self._committed(one)}

    def _committed(self, commit: Commit) -> bool:
        kept = self._of(commit.partition)
        if kept.fence != commit.before:
            return False
        for customer, profile in commit.profiles.items():
            if profile is None:
                kept.profiles.pop(customer, None)
            else:
                self._keep(commit.partition, customer, profile)
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
            kept.profiles = {customer: one for customer, one in kept.profiles.items() if one.profile.opted_out}
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
        now_ms = self._now_ms(None)
        for number, kept in sorted(self._partitions.items()):
            profiles = {customer: one.profile for customer, one in kept.profiles.items() if one.stands(now_ms)}
            if profiles:
                yield number, profiles

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""

    def _keep(self, partition: int, customer: str, profile: Profile) -> None:
        """Keep a profile anew, from now on; it waits for its end once, however often it is written meanwhile."""
        profiles, life = self._of(partition).profiles, life_ms(customer, profile)
        until_ms = self._now_ms(customer) + life if life else None
        before = profiles.get(customer)
        profiles[customer] = _Lasting(profile, until_ms)
        if until_ms is not None and (before is None or before.until_ms is None):
            self._due[until_ms // DAY_MS].add((partition, customer))

    def _let_go(self) -> None:
        """Delete whom nobody wrote to for a life; whoever was written to since waits for the day on which that one ends.

        So each customer is looked at once in 81 days at most: O(1) a write.
        """
        now_ms = self._now_ms(None)
        for day in sorted(day for day in self._due if (day + 1) * DAY_MS <= now_ms):
            for partition, customer in self._due.pop(day):
                profiles = self._of(partition).profiles
                one = profiles.get(customer)
                if one is not None and not one.stands(now_ms):
                    del profiles[customer]
                elif one is not None and one.until_ms is not None:
                    self._due[one.until_ms // DAY_MS].add((partition, customer))

    def _of(self, partition: int) -> _Kept:
        return self._partitions.setdefault(partition, _Kept())
