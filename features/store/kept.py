"""Profiles in memory for as long as Redis would keep them: who was there lately as he is, all others as the bytes that Redis would hold."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator

from msgspec import Struct

from features.codec import decode, encode
from features.profile import Profile
from features.store.layout import DAY_MS, life_ms

WARM = 20_000  # profiles as they are, 1.6 KB each after four views and 15 KB with a full history; as bytes they take an eighth
NowMs = Callable[[str | None], int]


class _Kept(Struct, gc=False):
    """A profile, and the last millisecond in which it is kept; None: for ever."""

    profile: Profile | bytes
    until_ms: int | None

    def stands(self, now_ms: int) -> bool:
        return self.until_ms is None or now_ms <= self.until_ms

    def warmed(self) -> Profile:
        if isinstance(self.profile, bytes):
            self.profile = decode(self.profile)
        return self.profile

    def cool(self) -> None:
        if not isinstance(self.profile, bytes):
            self.profile = encode(self.profile)


class KeptProfiles:
    """Profiles by partition number and customer.

    A profile ends `life_ms` after it was last written, as in Redis; what has ended takes no room from the next day on.

    Args:
        now_ms: returns the time in milliseconds: None asks for it in general, a customer for when he is read or written, which may be a
            little earlier.
        warm: so many profiles are kept as they are; 3 microseconds to make one bytes, 5 to make it a profile again, more for a long one.
    """

    def __init__(self, now_ms: NowMs, *, warm: int = WARM) -> None:
        self._now_ms, self._most_warm = now_ms, warm
        self._kept: defaultdict[int, dict[str, _Kept]] = defaultdict(dict)
        self._warm: OrderedDict[tuple[int, str], None] = OrderedDict()  # whose profile is no bytes, the one used last at the end
        self._day = 0
        self._due: defaultdict[tuple[int, int], set[str]] = defaultdict(set)  # (day, partition) -> whose profiles may end on it

    def get(self, partition: int, customer: str) -> Profile | None:
        """Return the profile; None where there is none any more."""
        one = self._kept[partition].get(customer)
        if one is None or not one.stands(self._now_ms(customer)):
            return None
        profile = one.warmed()
        self._use(partition, customer)
        return profile

    def put(self, partition: int, customer: str, profile: Profile) -> None:
        """Keep a profile anew, from now on. It waits for its end once, however often it is written meanwhile."""
        kept, life = self._kept[partition], life_ms(customer, profile)
        until_ms = self._now_ms(customer) + life if life else None
        before = kept.get(customer)
        kept[customer] = _Kept(profile, until_ms)
        if until_ms is not None and (before is None or before.until_ms is None):
            self._due[until_ms // DAY_MS, partition].add(customer)
        self._use(partition, customer)

    def drop(self, partition: int, customer: str) -> None:
        """Keep it no longer."""
        self._kept[partition].pop(customer, None)
        self._warm.pop((partition, customer), None)

    def let_go(self) -> None:
        """Delete whom nobody wrote to for a life; whoever was written to since waits for the day on which that one ends.

        So each customer is looked at once in 81 days at most: O(1) a write.
        """
        now_ms = self._now_ms(None)
        if now_ms // DAY_MS == self._day:  # what was due before it is gone
            return
        self._day = now_ms // DAY_MS
        for day, partition in [at for at in self._due if (at[0] + 1) * DAY_MS <= now_ms]:
            for customer in self._due.pop((day, partition)):
                one = self._kept[partition].get(customer)
                if one is not None and not one.stands(now_ms):
                    self.drop(partition, customer)
                elif one is not None and one.until_ms is not None:
                    self._due[one.until_ms // DAY_MS, partition].add(customer)

    def of(self, partition: int) -> Iterator[tuple[str, Profile]]:
        """Yield the customers of a partition; the profiles are not kept warm for it."""
        now_ms = self._now_ms(None)
        for customer, one in list(self._kept[partition].items()):
            if one.stands(now_ms):
                yield customer, decode(one.profile) if isinstance(one.profile, bytes) else one.profile

    @property
    def partitions(self) -> list[int]:
        """Return the numbers of the partitions that may have customers, ascending."""
        return sorted(self._kept)

    def _use(self, partition: int, customer: str) -> None:
        self._warm[partition, customer] = None
        self._warm.move_to_end((partition, customer))
        if len(self._warm) > self._most_warm:
            (number, coldest), _ = self._warm.popitem(last=False)
            self._kept[number][coldest].cool()
